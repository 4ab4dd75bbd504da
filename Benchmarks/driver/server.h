// A single-threaded HTTP/1.1 server for measurements: keep-alive, buffered requests, fixed responses, optional TLS.
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

// Called with each complete request. It must call respond() or stop_server() before it returns.
typedef void (*request_handler)(struct connection *, const struct request *);
// Called when the last byte of a response has been handed to the kernel.
typedef void (*written_handler)(struct connection *);

// Listens on a free port of 127.0.0.1 and returns it. With a certificate and a key (PEM files), speaks TLS.
int serve(const char *certificate, const char *key, request_handler on_request, written_handler on_written);

// Responds to the current request. `body` must stay valid until it is written.
void respond(struct connection *, int status, const char *headers, const void *body, size_t length);

// Handles events until stop_server() is called or nothing happens for `timeout` milliseconds. Returns 0 after
// stop_server(), -1 on timeout, -2 if `alive` returns 0.
int run_server(int timeout, int (*alive)(void));
void stop_server(void);

// The monotonic clock in nanoseconds.
int64_t nanoseconds(void);

// Prints a message and exits with status 1.
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

#endif
