#ifndef BASHOUTTER_CCURL_H
#define BASHOUTTER_CCURL_H
// What Swift cannot say to libcurl itself: its variadic calls, with the argument types spelled out, and the two
// callbacks that run for every piece of every reply, which are plain C so that they cost no more than they must.

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/// What a transfer keeps of its reply, and where. One for each easy handle; it must stay where it is while in use.
typedef struct ccurl_capture {
    bool keep_body;
    /// The body, `body_length` bytes; grown as needed and kept for the next reply.
    char *body;
    size_t body_length;
    size_t body_capacity;
    /// The values of `Location` and `Link` (the first of each), terminated by 0; empty when there was none or it was
    /// too long.
    char location[512];
    char link[4096];
    /// libcurl's own words for a failure, terminated by 0; empty when it had none.
    char error[CURL_ERROR_SIZE];
} ccurl_capture;

/// What is known of a transfer that has ended. Times are microseconds since it was started; 0 where it never came so
/// far, or where a kept connection made the step unnecessary.
typedef struct ccurl_summary {
    long status;
    long new_connections;
    curl_off_t name_lookup;
    curl_off_t connect;
    curl_off_t tls;
    curl_off_t pretransfer;
    curl_off_t first_byte;
    curl_off_t total;
    curl_off_t bytes_received;
    curl_off_t bytes_sent;
} ccurl_summary;

CURLcode ccurl_set_long(CURL *easy, CURLoption option, long value);
/// `value` is copied by libcurl; NULL sets the option back to its default.
CURLcode ccurl_set_string(CURL *easy, CURLoption option, const char *value);
/// `list` must outlive the transfers.
CURLcode ccurl_set_list(CURL *easy, CURLoption option, struct curl_slist *list);
/// `url` must outlive the transfers; NULL lets CURLOPT_URL count again.
CURLcode ccurl_set_parsed_url(CURL *easy, CURLU *url);
CURLcode ccurl_set_private(CURL *easy, size_t value);
/// Makes the request a POST of a copy of `body`.
CURLcode ccurl_set_post_body(CURL *easy, const void *body, size_t length);
CURLcode ccurl_set_close_callback(CURL *easy, curl_closesocket_callback callback, void *context);
/// Sends the reply's body, and libcurl's words for a failure, into `capture`.
CURLcode ccurl_set_capture(CURL *easy, ccurl_capture *capture);
/// Whether `Location` and `Link` are read too.
CURLcode ccurl_set_capture_headers(CURL *easy, ccurl_capture *capture, bool capture_headers);
/// Forgets the last reply.
void ccurl_reset_capture(ccurl_capture *capture);

size_t ccurl_get_private(CURL *easy);
void ccurl_get_summary(CURL *easy, ccurl_summary *summary);

CURLMcode ccurl_multi_set_long(CURLM *multi, CURLMoption option, long value);
CURLMcode ccurl_multi_set_callbacks(
    CURLM *multi, curl_socket_callback on_socket, curl_multi_timer_callback on_timer, void *context);

#endif
