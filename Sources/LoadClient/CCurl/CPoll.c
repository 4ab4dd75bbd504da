#define _GNU_SOURCE
#include "CPoll.h"

#include <curl/curl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>

int cpoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cpoll_change_socket(int epoll, cpoll_change change, int socket, int writing)
{
    struct epoll_event event = {.events = writing ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.fd = socket};
    int operation = change == CPOLL_ADD ? EPOLL_CTL_ADD : change == CPOLL_MODIFY ? EPOLL_CTL_MOD : EPOLL_CTL_DEL;
    return epoll_ctl(epoll, operation, socket, &event);
}

int cpoll_wait(int epoll, cpoll_event *events, int capacity, uint64_t timeout)
{
    struct epoll_event found[256];
    if (capacity > 256)
        capacity = 256;
    int milliseconds = timeout < 1000000000 ? timeout / 1000000 : 1000;
    int count = epoll_wait(epoll, found, capacity, milliseconds);
    if (count == 0 && milliseconds == 0 && timeout > 0) {
        // The timeout of epoll_wait is in milliseconds, too coarse for thousands of requests a second.
        struct pollfd poll = {.fd = epoll, .events = POLLIN};
        struct timespec time = {.tv_sec = timeout / 1000000000, .tv_nsec = timeout % 1000000000};
        if (ppoll(&poll, 1, &time, NULL) <= 0)
            return 0;
        count = epoll_wait(epoll, found, capacity, 0);
    }
    for (int i = 0; i < count; i++) {
        uint32_t bits = found[i].events;
        events[i].socket = found[i].data.fd;
        events[i].events = (bits & EPOLLIN ? CURL_CSELECT_IN : 0) | (bits & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                         (bits & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    }
    return count < 0 ? 0 : count;
}

void cpoll_minimize_timer_slack(void) { prctl(PR_SET_TIMERSLACK, 1UL, 0, 0, 0); }
