#ifndef CSPAWN_H
#define CSPAWN_H

#include <sys/types.h>

/// Starts a program in a process group of its own.
///
/// The program gets nothing of the caller but what is passed here: standard input is empty, standard output and
/// standard error go to `output`, all other descriptors are closed, signals are unblocked and have their default
/// actions. When the calling thread ends, the program is killed (PR_SET_PDEATHSIG), so that not even a `kill -9` of the
/// caller leaves it behind. posix_spawn has no attribute for that.
///
/// Returns the process id, which is the group's id too, or the negative errno of what failed.
pid_t cspawn_start(const char *path, char *const argv[], char *const envp[], const char *directory, int output);

#endif
