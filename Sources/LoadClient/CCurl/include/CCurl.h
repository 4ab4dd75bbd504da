#ifndef BASHOUTTER_CCURL_H
#define BASHOUTTER_CCURL_H
// Typed wrappers for libcurl's variadic functions, which Swift cannot call, and the write callbacks, which are in C because
// they run for every chunk and every header line of a response.

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The parts of a response that a transfer keeps. Each easy handle has one, whose address must not change.
typedef struct ccurl_capture {
    bool keep_body;
    /// `body_length` bytes in a buffer that grows as needed and is reused for the next response.
    char *body;
    size_t body_length;
    size_t body_capacity;
    /// The values of the first header with each name; empty if there is none or it is too long.
    char location[512];
    char link[4096];
    char retry_after[64];
    char server_timing[256];
    /// When the request was sent and when the first header line arrived: nanoseconds of CLOCK_MONOTONIC, 0 if not reached.
    uint64_t sent_at;
    uint64_t first_byte_at;
    /// Whether the transfer was aborted because libcurl was about to send the request again.
    bool was_repeated;
    /// libcurl's error message; empty if there is none.
    char error[CURL_ERROR_SIZE];
} ccurl_capture;

/// The measurements of a transfer that has ended. Times are in microseconds since its start, and 0 for a step that was not
/// reached. Those of connecting count only if `new_connections` is not 0: libcurl sets some for a reused connection too.
typedef struct ccurl_summary {
    long status;
    long new_connections;
    curl_off_t name_lookup;
    curl_off_t connect;
    curl_off_t tls;
    curl_off_t total;
    curl_off_t bytes_received;
    curl_off_t bytes_sent;
} ccurl_summary;

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
/// libcurl copies `value`. NULL resets the option to its default.
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
/// `list` must outlive the transfers.
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list);
/// `url` must outlive the transfers. NULL makes CURLOPT_URL apply again.
CURLcode ccurl_set_parsed_url(CURL *easy, CURLU *url);
CURLcode ccurl_set_private(CURL *easy, size_t value);
/// Makes the request a POST with a copy of `body`.
CURLcode ccurl_set_post_body(CURL *easy, const void *body, size_t length);
CURLcode ccurl_set_close_callback(CURL *easy, curl_closesocket_callback callback, void *context);
/// Writes the response's body and headers, the times and libcurl's error message to `capture`, and prevents libcurl from
/// repeating the request.
CURLcode ccurl_set_capture(CURL *easy, ccurl_capture *capture);
/// Clears `capture` for the next response.
void ccurl_reset_capture(ccurl_capture *capture);

size_t ccurl_get_private(CURL *easy);
void ccurl_get_summary(CURL *easy, ccurl_summary *summary);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_callbacks(
    CURLM *multi, curl_socket_callback on_socket, curl_multi_timer_callback on_timer, void *context);

#endif
