// Sends the same response from memory to every HTTP/1.1 request: the server that load clients are compared against. It
// needs very little CPU time, so that the client is the bottleneck.
//
//     cc -O2 -o fixed_body_server fixed_body_server.c && ./fixed_body_server [BYTES]
//
// It binds to a free port of 127.0.0.1 and prints the port. Each request must fit in one read, as those of a load client do.

#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static char *make_response(size_t body_length, size_t *length)
{
    static const char format[] =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nAccess-Control-Allow-Origin: *\r\n"
        "Content-Length: %zu\r\n\r\n";
    char *response = malloc(sizeof format + 32 + body_length);
    if (response == NULL)
        fail("malloc");
    size_t head = (size_t)sprintf(response, format, body_length);
    // An empty JSON array padded with white space: a valid list of haiku.
    memset(response + head, ' ', body_length);
    response[head] = '[';
    response[head + body_length - 1] = ']';
    *length = head + body_length;
    return response;
}

static int listen_locally(void)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1024) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        fail("listen");
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int main(int count, char **arguments)
{
    size_t body_length = count > 1 ? strtoul(arguments[1], NULL, 10) : 200;
    if (body_length < 2) {
        fprintf(stderr, "usage: %s [BYTES of the body, at least 2; default 200]\n", arguments[0]);
        return 64;
    }
    size_t length;
    char *response = make_response(body_length, &length);
    int listener = listen_locally(), set = epoll_create1(EPOLL_CLOEXEC), yes = 1;
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[256];
    epoll_ctl(set, EPOLL_CTL_ADD, listener, &event);
    char request[65536];
    for (;;) {
        int ready = epoll_wait(set, events, 256, -1);
        for (int i = 0; i < ready; i++) {
            int client = events[i].data.fd;
            if (client == listener) {
                client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
                if (client < 0)
                    continue;
                setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                event.data.fd = client;
                epoll_ctl(set, EPOLL_CTL_ADD, client, &event);
            } else if (read(client, request, sizeof request) <= 0 || write(client, response, length) != (ssize_t)length) {
                close(client);
            }
        }
    }
}
