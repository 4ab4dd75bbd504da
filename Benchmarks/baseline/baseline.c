// A minimal Lambda bootstrap: it polls the Runtime API over one raw socket and responds "OK" to every invocation. The
// overhead of a runtime is measured against it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

static char response[1 << 16];

// Sends the request and reads the complete response.
static void exchange(int socket, const char *request, size_t length) {
    if (send(socket, request, length, MSG_NOSIGNAL) != (ssize_t)length) exit(1);
    size_t received = 0;
    while (1) {
        ssize_t count = recv(socket, response + received, sizeof response - 1 - received, 0);
        if (count <= 0) exit(1);
        received += (size_t)count;
        response[received] = 0;
        char *end = strstr(response, "\r\n\r\n");
        if (!end) continue;
        char *field = strcasestr(response, "\r\ncontent-length:");
        if (received >= (size_t)(end + 4 - response) + (field ? strtoul(field + 17, NULL, 10) : 0)) return;
    }
}

int main(void) {
    char *api = getenv("AWS_LAMBDA_RUNTIME_API");
    char *colon = api ? strchr(api, ':') : NULL;
    if (!colon) return 1;
    *colon = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(colon + 1))};
    inet_pton(AF_INET, api, &address.sin_addr);
    int runtime = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(runtime, (struct sockaddr *)&address, sizeof address) < 0) return 1;
    char next[256];
    int next_length = snprintf(next, sizeof next, "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n", api);
    while (1) {
        exchange(runtime, next, (size_t)next_length);
        char *id = strcasestr(response, "\r\nlambda-runtime-aws-request-id:");
        if (!id) return 1;
        id += strspn(id + 32, " ") + 32;
        char result[512];
        int length = snprintf(result, sizeof result,
                              "POST /2018-06-01/runtime/invocation/%.*s/response HTTP/1.1\r\nHost: %s\r\n"
                              "Content-Length: 4\r\n\r\n\"OK\"",
                              (int)strcspn(id, "\r"), id, api);
        exchange(runtime, result, (size_t)length);
    }
}
