#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/// The child's end of the pipe to the caller: the first descriptor after the standard ones.
enum { REPORT = STDERR_FILENO + 1 };

/// Runs in the child between vfork and exec. It shares the caller's memory, so it only makes system calls.
/// Returns the errno of the call that failed, or ESRCH if the caller has exited.
static int prepare_and_exec(const char *path, char *const argv[], char *const envp[], const char *directory,
                            int output, int *report, pid_t caller) {
    if (setpgid(0, 0) != 0) return errno;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    // The caller may have exited before prctl took effect.
    if (getppid() != caller) return ESRCH;

    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) {
            action.sa_handler = SIG_DFL;
            sigaction(number, &action, NULL);
        }
    }
    int input = open("/dev/null", O_RDONLY);
    if (input < 0) return errno;
    if (dup2(input, STDIN_FILENO) < 0) return errno;
    if (dup2(output, STDOUT_FILENO) < 0) return errno;
    if (dup2(output, STDERR_FILENO) < 0) return errno;
    if (*report != REPORT && dup3(*report, REPORT, O_CLOEXEC) < 0) return errno;
    *report = REPORT;
    closefrom(REPORT + 1);
    if (chdir(directory) != 0) return errno;

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, argv, envp);
    return errno;
}

pid_t cspawn_start(const char *path, char *const argv[], char *const envp[], const char *directory, int output) {
    // The child writes its errno into the pipe; exec closes it. Shared memory would not work where vfork acts as fork, as
    // under the thread sanitizer.
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC) != 0) return -errno;

    // No signal handler may run in the child, on the caller's memory.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);

    pid_t caller = getpid();
    pid_t child = vfork();
    if (child == 0) {
        int report = pipe[1];
        int failure = prepare_and_exec(path, argv, envp, directory, output, &report, caller);
        // If the write fails, the caller sees a process that exited with this status.
        ssize_t written = write(report, &failure, sizeof failure);
        (void)written;
        _exit(127);
    }
    int failure = child < 0 ? errno : 0;
    close(pipe[1]);
    if (child > 0 && read(pipe[0], &failure, sizeof failure) == sizeof failure) {
        // The child has exited, or is about to; reap it.
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
    }
    close(pipe[0]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return failure != 0 ? -failure : child;
}
