#define _GNU_SOURCE
#include "CSpawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/// What the child does between vfork and exec. It shares the caller's memory, so that it calls nothing but system calls
/// and returns the errno of what failed through that memory.
static int prepare_and_exec(const char *path, char *const argv[], char *const envp[], const char *directory,
                            int output, pid_t caller) {
    if (setpgid(0, 0) != 0) return errno;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return errno;
    // The caller may have ended before the line above took effect.
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
    closefrom(STDERR_FILENO + 1);
    if (chdir(directory) != 0) return errno;

    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, argv, envp);
    return errno;
}

pid_t cspawn_start(const char *path, char *const argv[], char *const envp[], const char *directory, int output) {
    // No handler of the caller's may run in the child, on the caller's memory.
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &before);

    pid_t caller = getpid();
    volatile int failure = 0;
    pid_t child = vfork();
    if (child == 0) {
        failure = prepare_and_exec(path, argv, envp, directory, output, caller);
        _exit(127);
    }
    int vfork_failure = errno;
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child < 0) return -vfork_failure;
    if (failure != 0) {
        // The child is gone already; it must not stay as a zombie.
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
        return -failure;
    }
    return child;
}
