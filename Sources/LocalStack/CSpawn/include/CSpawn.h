#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// Starts an executable in a process group of its own.
///
/// The process inherits neither descriptors nor signal settings from the caller: standard input is empty, standard
/// output and standard error go to `output`, all other descriptors are closed, signals are unblocked and have their
/// default actions. When the calling thread ends, the process is killed (PR_SET_PDEATHSIG), so that even a `kill -9` of
/// the caller leaves no process behind; posix_spawn has no attribute for that.
///
/// Returns the process id, which is also the group's id, or the negative errno of the call that failed.
pid_t cspawn_start(const char *path, char *const argv[], char *const envp[], const char *directory, int output);

#endif
