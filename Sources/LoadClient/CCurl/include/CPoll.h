#ifndef BASHOUTTER_CPOLL_H
#define BASHOUTTER_CPOLL_H
// Linux's epoll, which Swift's Glibc module does not export.

#include <stdint.h>

/// `events` is a combination of CURL_CSELECT_IN, CURL_CSELECT_OUT and CURL_CSELECT_ERR.
typedef struct cpoll_event {
    int socket;
    int events;
} cpoll_event;

typedef enum cpoll_change { CPOLL_ADD, CPOLL_MODIFY, CPOLL_REMOVE } cpoll_change;

/// Creates an epoll instance. Returns its descriptor, to be closed with close(2), or -1 with errno.
int cpoll_create(void);

/// Adds, modifies or removes `socket`, which is watched for being readable, and for being writable if `writing` is not 0.
/// Returns 0, or -1 with errno.
int cpoll_change_socket(int epoll, cpoll_change change, int socket, int writing);

/// Waits for events, at most `timeout` nanoseconds, and stores up to `capacity` (at most 256) of them.
/// Returns their number, which may be 0 before the timeout: after a signal, or after a second of a longer timeout.
int cpoll_wait(int epoll, cpoll_event *events, int capacity, uint64_t timeout);

/// Sets the calling thread's timer slack to 1 ns (default: 50 µs), so that timeouts are accurate.
void cpoll_minimize_timer_slack(void);

#endif
