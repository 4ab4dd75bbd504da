#define _GNU_SOURCE
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct listener {
    int socket;
    SSL_CTX *tls;
    request_handler on_request;
    written_handler on_written;
};

struct connection {
    int socket;
    SSL *tls;
    const struct listener *listener;
    char *received;
    size_t length, capacity;
    char head[1024];
    size_t head_length;
    const char *body;
    size_t body_length;
    size_t written;  // of head and body together
    int is_writing;
};

// The source of an epoll event: exactly one of the two is set.
struct source {
    struct listener *listener;
    struct connection *connection;
};

static int epoll = -1;
static int is_stopped;

void die(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("bench driver: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    exit(1);
}

int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void watch(int operation, int socket, uint32_t events, struct source *source) {
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(epoll, operation, socket, &event) < 0) die("epoll_ctl: %s", strerror(errno));
}

static struct source *new_source(struct listener *listener, struct connection *connection) {
    struct source *source = malloc(sizeof *source);
    *source = (struct source){listener, connection};
    return source;
}

int serve(const char *certificate, const char *key, request_handler on_request, written_handler on_written) {
    if (epoll < 0) epoll = epoll_create1(EPOLL_CLOEXEC);
    struct listener *listener = calloc(1, sizeof *listener);
    listener->on_request = on_request;
    listener->on_written = on_written;
    if (certificate) {
        listener->tls = SSL_CTX_new(TLS_server_method());
        if (SSL_CTX_use_certificate_chain_file(listener->tls, certificate) != 1) die("cannot use %s", certificate);
        if (SSL_CTX_use_PrivateKey_file(listener->tls, key, SSL_FILETYPE_PEM) != 1) die("cannot use %s", key);
    }
    listener->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(listener->socket, (struct sockaddr *)&address, size) < 0 || listen(listener->socket, 64) < 0 ||
        getsockname(listener->socket, (struct sockaddr *)&address, &size) < 0)
        die("cannot listen: %s", strerror(errno));
    watch(EPOLL_CTL_ADD, listener->socket, EPOLLIN, new_source(listener, NULL));
    return ntohs(address.sin_port);
}

static void accept_connection(struct listener *listener) {
    int socket = accept4(listener->socket, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (socket < 0) return;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    struct connection *connection = calloc(1, sizeof *connection);
    connection->socket = socket;
    connection->listener = listener;
    connection->capacity = 1 << 14;
    connection->received = malloc(connection->capacity);
    if (listener->tls) {
        connection->tls = SSL_new(listener->tls);
        SSL_set_fd(connection->tls, socket);
        SSL_set_accept_state(connection->tls);
    }
    watch(EPOLL_CTL_ADD, socket, EPOLLIN, new_source(NULL, connection));
}

static void end(struct source *source) {
    struct connection *connection = source->connection;
    if (connection->tls) SSL_free(connection->tls);
    close(connection->socket);
    free(connection->received);
    free(connection);
    free(source);
}

// The number of bytes read; 0 if none are available yet, -1 at the end of the stream or after an error.
static ssize_t receive(struct connection *connection, char *target, size_t room) {
    ssize_t count;
    if (connection->tls) {
        int result = SSL_read(connection->tls, target, (int)room);
        if (result > 0) return result;
        int error = SSL_get_error(connection->tls, result);
        return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? 0 : -1;
    }
    count = recv(connection->socket, target, room, 0);
    if (count > 0) return count;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static ssize_t transmit(struct connection *connection) {
    size_t written = connection->written;
    struct iovec parts[2] = {
        {connection->head + written, written < connection->head_length ? connection->head_length - written : 0},
        {(char *)connection->body, connection->body_length},
    };
    if (written > connection->head_length) {
        parts[1].iov_base = (char *)connection->body + (written - connection->head_length);
        parts[1].iov_len = connection->body_length - (written - connection->head_length);
    }
    if (connection->tls) {
        int first = parts[0].iov_len == 0;
        int result = SSL_write(connection->tls, parts[first].iov_base, (int)parts[first].iov_len);
        return result > 0 ? result : 0;
    }
    struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
    ssize_t count = sendmsg(connection->socket, &message, MSG_NOSIGNAL);
    return count < 0 ? 0 : count;
}

static void write_out(struct source *source) {
    struct connection *connection = source->connection;
    size_t total = connection->head_length + connection->body_length;
    while (connection->written < total) {
        ssize_t count = transmit(connection);
        if (count == 0) {
            watch(EPOLL_CTL_MOD, connection->socket, EPOLLIN | EPOLLOUT, source);
            return;
        }
        connection->written += (size_t)count;
    }
    connection->is_writing = 0;
    if (connection->listener->on_written) connection->listener->on_written(connection);
}

void respond(struct connection *connection, int status, const char *headers, const void *body, size_t length) {
    int head = snprintf(connection->head, sizeof connection->head, "HTTP/1.1 %d OK\r\nContent-Length: %zu\r\n%s\r\n",
                        status, length, headers);
    if (head >= (int)sizeof connection->head) die("the response head is longer than %zu bytes", sizeof connection->head);
    connection->head_length = (size_t)head;
    connection->body = body;
    connection->body_length = length;
    connection->written = 0;
    connection->is_writing = 1;
}

// The value of Content-Length, or 0.
static size_t content_length(const char *head, size_t length) {
    static const char name[] = "\ncontent-length:";
    for (const char *line = head; (line = memchr(line, '\n', (size_t)(head + length - line))); line++)
        if (strncasecmp(line, name, sizeof name - 1) == 0) return strtoul(line + sizeof name - 1, NULL, 10);
    return 0;
}

// Handles the first received request if it is complete.
static void handle_request(struct source *source) {
    struct connection *connection = source->connection;
    char *end = memmem(connection->received, connection->length, "\r\n\r\n", 4);
    if (!end) return;
    size_t head = (size_t)(end + 4 - connection->received);
    size_t body = content_length(connection->received, head);
    if (connection->length < head + body) {
        if (head + body + 1 > connection->capacity) {
            connection->capacity = head + body + 1;
            connection->received = realloc(connection->received, connection->capacity);
        }
        return;
    }
    struct request request = {connection->received, end, connection->received + head, body};
    connection->listener->on_request(connection, &request);
    connection->length -= head + body;
    memmove(connection->received, connection->received + head + body, connection->length);
    if (connection->is_writing) write_out(source);
}

static void read_in(struct source *source) {
    struct connection *connection = source->connection;
    do {
        if (connection->length == connection->capacity) {
            connection->capacity *= 2;
            connection->received = realloc(connection->received, connection->capacity);
        }
        ssize_t count = receive(connection, connection->received + connection->length,
                                connection->capacity - connection->length);
        if (count < 0) return end(source);
        if (count == 0) return;
        connection->length += (size_t)count;
        handle_request(source);
    } while (connection->tls && SSL_pending(connection->tls) > 0);
}

void stop_server(void) { is_stopped = 1; }

int run_server(int timeout, int (*alive)(void)) {
    is_stopped = 0;
    int64_t last = nanoseconds();
    while (!is_stopped) {
        struct epoll_event events[16];
        int count = epoll_wait(epoll, events, 16, 200);
        if (count <= 0) {
            if (!alive()) return -2;
            if (nanoseconds() - last > timeout * 1000000LL) return -1;
            continue;
        }
        last = nanoseconds();
        for (int index = 0; index < count && !is_stopped; index++) {
            struct source *source = events[index].data.ptr;
            if (source->listener) {
                accept_connection(source->listener);
            } else if (events[index].events & EPOLLOUT) {
                watch(EPOLL_CTL_MOD, source->connection->socket, EPOLLIN, source);
                write_out(source);
            } else {
                read_in(source);
            }
        }
    }
    return 0;
}
