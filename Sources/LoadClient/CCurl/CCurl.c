#include "CCurl.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

// A larger body fails the transfer. The API's contract limits a page of haiku to 1 MiB.
static const size_t maximum_body = 64u << 20;

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
    ccurl_capture *capture = context;
    size_t length = size * count;
    if (!capture->keep_body || length == 0)
        return length;
    size_t needed = capture->body_length + length;
    if (needed > maximum_body)
        return 0;
    if (needed > capture->body_capacity) {
        size_t capacity = capture->body_capacity ? capture->body_capacity : 4096;
        while (capacity < needed)
            capacity *= 2;
        char *body = realloc(capture->body, capacity);
        if (body == NULL)
            return 0;
        capture->body = body;
        capture->body_capacity = capacity;
    }
    memcpy(capture->body + capture->body_length, bytes, length);
    capture->body_length = needed;
    return length;
}

/// Copies the value of a header line with the name `name` to `target`, unless `target` already holds one.
static void capture_value(
    const char *line, size_t length, const char *name, size_t name_length, char *target, size_t capacity)
{
    if (target[0] != 0 || length <= name_length || line[name_length] != ':' || strncasecmp(line, name, name_length))
        return;
    const char *start = line + name_length + 1, *end = line + length;
    while (start < end && (*start == ' ' || *start == '\t'))
        start++;
    while (end > start && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ' || end[-1] == '\t'))
        end--;
    size_t value_length = (size_t)(end - start);
    if (value_length >= capacity)
        return;
    memcpy(target, start, value_length);
    target[value_length] = 0;
}

static uint64_t now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static size_t on_header(char *line, size_t size, size_t count, void *context)
{
    ccurl_capture *capture = context;
    size_t length = size * count;
    if (capture->first_byte_at == 0)
        capture->first_byte_at = now();
    switch (length > 0 ? line[0] | 0x20 : 0) {
    case 'l':
        capture_value(line, length, "location", 8, capture->location, sizeof capture->location);
        capture_value(line, length, "link", 4, capture->link, sizeof capture->link);
        break;
    case 'r':
        capture_value(line, length, "retry-after", 11, capture->retry_after, sizeof capture->retry_after);
        break;
    case 's':
        capture_value(line, length, "server-timing", 13, capture->server_timing, sizeof capture->server_timing);
        break;
    }
    return length;
}

// libcurl repeats a request whose reused connection is closed before a response, although the server may have processed
// it. It calls this function before each attempt; the second is rejected.
static int before_request(void *context, char *remote_ip, char *local_ip, int remote_port, int local_port)
{
    (void)remote_ip, (void)local_ip, (void)remote_port, (void)local_port;
    ccurl_capture *capture = context;
    if (capture->sent_at != 0) {
        capture->was_repeated = true;
        return CURL_PREREQFUNC_ABORT;
    }
    capture->sent_at = now();
    return CURL_PREREQFUNC_OK;
}

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value) { return curl_easy_setopt(easy, option, value); }

CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value)
{
    return curl_easy_setopt(easy, option, value);
}

CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list)
{
    return curl_easy_setopt(easy, option, list);
}

CURLcode ccurl_set_parsed_url(CURL *easy, CURLU *url) { return curl_easy_setopt(easy, CURLOPT_CURLU, url); }

CURLcode ccurl_set_private(CURL *easy, size_t value)
{
    return curl_easy_setopt(easy, CURLOPT_PRIVATE, (void *)value);
}

CURLcode ccurl_set_post_body(CURL *easy, const void *body, size_t length)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_POST, 1L);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_COPYPOSTFIELDS, body);
    return code;
}

CURLcode ccurl_set_close_callback(CURL *easy, curl_closesocket_callback callback, void *context)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, context) : code;
}

CURLcode ccurl_set_capture(CURL *easy, ccurl_capture *capture)
{
    CURLcode code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, capture);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, capture);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, before_request);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, capture);
    if (code == CURLE_OK)
        code = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, capture->error);
    return code;
}

void ccurl_reset_capture(ccurl_capture *capture)
{
    capture->body_length = 0;
    capture->location[0] = 0;
    capture->link[0] = 0;
    capture->retry_after[0] = 0;
    capture->server_timing[0] = 0;
    capture->error[0] = 0;
    capture->sent_at = 0;
    capture->first_byte_at = 0;
    capture->was_repeated = false;
}

size_t ccurl_get_private(CURL *easy)
{
    char *value = NULL;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &value);
    return (size_t)value;
}

void ccurl_get_summary(CURL *easy, ccurl_summary *summary)
{
    long header_bytes = 0, request_bytes = 0;
    curl_off_t body_received = 0;
    memset(summary, 0, sizeof *summary);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &summary->status);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &summary->new_connections);
    curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &summary->name_lookup);
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &summary->connect);
    curl_easy_getinfo(easy, CURLINFO_APPCONNECT_TIME_T, &summary->tls);
    curl_easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &summary->total);
    curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &body_received);
    curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &header_bytes);
    // Includes the body of a POST below 64 KiB, which libcurl sends together with the headers.
    curl_easy_getinfo(easy, CURLINFO_REQUEST_SIZE, &request_bytes);
    summary->bytes_received = body_received + header_bytes;
    summary->bytes_sent = request_bytes;
}

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value)
{
    return curl_multi_setopt(multi, option, value);
}

CURLMcode ccurl_multi_set_callbacks(
    CURLM *multi, curl_socket_callback on_socket, curl_multi_timer_callback on_timer, void *context)
{
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    if (code == CURLM_OK)
        code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK)
        code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
    if (code == CURLM_OK)
        code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}
