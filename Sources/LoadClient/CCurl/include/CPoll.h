#ifndef BASHOUTTER_CPOLL_H
#define BASHOUTTER_CPOLL_H
// Linux's epoll, which Swift's Glibc module does not show.

#include <stdint.h>

/// A socket that stirred, and how: the bits CURL_CSELECT_IN, CURL_CSELECT_OUT and CURL_CSELECT_ERR.
typedef struct cpoll_event {
    int socket;
    int what;
} cpoll_event;

typedef enum cpoll_change { CPOLL_ADD, CPOLL_MODIFY, CPOLL_REMOVE } cpoll_change;

/// A new set of sockets: its descriptor, to be closed with close(2), or -1 with errno.
int cpoll_create(void);

/// Adds `socket` to the set, changes what is waited for, or takes it out. Waits for it to be readable, and for it to be
/// writable if `writing` is not 0.
int cpoll_change_socket(int set, cpoll_change change, int socket, int writing);

/// Waits until a socket stirs, at most `timeout` nanoseconds, and fills in up to `capacity` (at most 256) events.
/// Returns how many; 0 also when a signal came.
int cpoll_wait(int set, cpoll_event *events, int capacity, uint64_t timeout);

/// Lets the calling thread sleep as precisely as the kernel can, rather than up to 50 microseconds longer.
void cpoll_sleep_precisely(void);

#endif
