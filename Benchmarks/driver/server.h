// A single-threaded HTTP/1.1 server for measurements: keep-alive, whole requests, fixed replies, TLS if wanted.
#ifndef SERVER_H
#define SERVER_H

#include <stddef.h>
#include <stdint.h>

struct connection;

struct request {
    const char *line;  // "POST /path HTTP/1.1…", not terminated
    const char *head_end;
    const char *body;
    size_t body_length;
};

// Called with each complete request. It answers with respond(), at once or later.
typedef void (*request_handler)(struct connection *, const struct request *);
// Called when the last byte of a reply has been handed to the kernel.
typedef void (*written_handler)(struct connection *);

// Listens on a free port of 127.0.0.1 and returns it. With a certificate and a key (PEM files), speaks TLS.
int serve(const char *certificate, const char *key, request_handler on_request, written_handler on_written);

// Answers the request at hand. `body` must stay where it is until it is written.
void respond(struct connection *, int status, const char *headers, const void *body, size_t length);

// Handles events until stop() is called or nothing has happened for `timeout` milliseconds; returns 0 after stop(),
// -1 when time is up, -2 when `alive` says that there is nobody to wait for.
int run_server(int timeout, int (*alive)(void));
void stop_server(void);

// Nanoseconds of the monotonic clock.
int64_t nanoseconds(void);

// Ends the program with a message.
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
