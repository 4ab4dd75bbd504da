// Emulates Lambda's Runtime API and DynamoDB for one bootstrap, and measures its start time, the cost of an invocation
// and its memory. Prints one JSON object. See usage().
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "server.h"

static void usage(void) {
    puts("usage: driver [options] -- BOOTSTRAP [ARGUMENT…]\n"
         "  --invocations N      measure N invocations; 0 stops at the first GET .../next (default 1)\n"
         "  --warmup N           run N invocations before those (default 0)\n"
         "  --event FILE         the event of each invocation\n"
         "  --expect TEXT        fail unless each response contains TEXT\n"
         "  --database FILE      the body of every DynamoDB response\n"
         "  --certificate FILE, --key FILE   serve DynamoDB over TLS, as localhost\n"
         "  --env NAME=VALUE     add an environment variable of the bootstrap; it inherits none\n"
         "  --drop-caches        drop the page cache before the start (root only)\n"
         "  --timeout SECONDS    fail if the bootstrap sends no request for this long (default 30)");
}

struct file {
    char *bytes;
    size_t length;
};

// Resources used by the bootstrap so far.
struct usage {
    long minor_faults, major_faults, bytes_read, peak_kilobytes;
    double cpu_microseconds;
};

static struct file event = {"{}", 2}, database = {"{}", 2};
static const char *expected;
static long warmup, invocations = 1;
static int timeout_seconds = 30;

static pid_t bootstrap;
static int64_t spawned, started, first_response, invoked, database_requested;
static int64_t database_time;  // of the current invocation
static long handed_out;
static double *cycles;  // nanoseconds of each measured invocation, without the database
static double database_total, cycle_total;
static size_t response_length;
static struct usage at_start, at_warm, at_end;
static char database_headers[256];

static struct file read_file(const char *path) {
    FILE *stream = fopen(path, "rb");
    if (!stream) die("%s: %s", path, strerror(errno));
    fseek(stream, 0, SEEK_END);
    struct file file = {.length = (size_t)ftell(stream)};
    rewind(stream);
    file.bytes = malloc(file.length + 1);
    if (fread(file.bytes, 1, file.length, stream) != file.length) die("cannot read %s", path);
    fclose(stream);
    return file;
}

static long status_field(const char *file, const char *name) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/%s", bootstrap, file);
    FILE *stream = fopen(path, "r");
    long value = -1;
    while (stream && fgets(line, sizeof line, stream))
        if (strncmp(line, name, strlen(name)) == 0) value = atol(line + strlen(name));
    if (stream) fclose(stream);
    return value;
}

static struct usage usage_now(void) {
    struct usage usage = {
        .bytes_read = status_field("io", "read_bytes:"),
        .peak_kilobytes = status_field("status", "VmHWM:"),
    };
    char path[64], text[1024] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", bootstrap);
    FILE *stream = fopen(path, "r");
    if (stream && fgets(text, sizeof text, stream) && strrchr(text, ')'))
        sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %*d %*d %*u %ld %*d %ld", &usage.minor_faults, &usage.major_faults);
    if (stream) fclose(stream);
    clockid_t clock;
    struct timespec used = {0};
    if (clock_getcpuclockid(bootstrap, &clock) == 0 && clock_gettime(clock, &used) == 0)
        usage.cpu_microseconds = (double)used.tv_sec * 1e6 + (double)used.tv_nsec / 1e3;
    return usage;
}

static void end_cycle(int64_t now) {
    long index = handed_out - 1 - warmup;
    if (index < 0) return;
    double cycle = (double)(now - invoked);
    cycles[index] = cycle - (double)database_time;
    cycle_total += cycle;
    database_total += (double)database_time;
}

static void hand_out_invocation(struct connection *connection) {
    int64_t now = nanoseconds();
    if (!started) {
        started = now;
        at_start = usage_now();
    }
    if (handed_out > 0) end_cycle(now);
    if (handed_out == warmup + invocations) {
        at_end = usage_now();
        return stop_server();
    }
    if (handed_out == warmup) at_warm = usage_now();
    handed_out++;
    char headers[512];
    struct timespec clock;
    clock_gettime(CLOCK_REALTIME, &clock);
    snprintf(headers, sizeof headers,
             "Content-Type: application/json\r\n"
             "Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-%012ld\r\n"
             "Lambda-Runtime-Deadline-Ms: %lld\r\n"
             "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:123456789012:function:bench\r\n"
             "Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0\r\n",
             handed_out, (long long)clock.tv_sec * 1000 + 30000);
    respond(connection, 200, headers, event.bytes, event.length);
    invoked = nanoseconds();
    database_time = 0;
}

static void on_runtime_request(struct connection *connection, const struct request *request) {
    if (strncmp(request->line, "GET ", 4) == 0) return hand_out_invocation(connection);
    const char *end = memchr(request->line, '\r', (size_t)(request->head_end - request->line + 1));
    if (!memmem(request->line, (size_t)(end - request->line), "/response ", 10))
        die("the bootstrap reported an error: %.*s", (int)request->body_length, request->body);
    if (expected && !memmem(request->body, request->body_length, expected, strlen(expected)))
        die("the response does not contain %s: %.*s", expected, (int)(request->body_length < 1000 ? request->body_length : 1000),
            request->body);
    if (!first_response) first_response = nanoseconds();
    response_length = request->body_length;
    static const char accepted[] = "{\"status\":\"OK\"}\n";
    respond(connection, 202, "Content-Type: application/json\r\n", accepted, sizeof accepted - 1);
}

static void on_database_request(struct connection *connection, const struct request *request) {
    (void)request;
    database_requested = nanoseconds();
    respond(connection, 200, database_headers, database.bytes, database.length);
}

static void on_database_written(struct connection *connection) {
    (void)connection;
    database_time += nanoseconds() - database_requested;
}

static int is_alive(void) {
    return waitpid(bootstrap, NULL, WNOHANG) == 0;
}

static void spawn(char **arguments, char **environment) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
    spawned = nanoseconds();
    int error = posix_spawnp(&bootstrap, arguments[0], &actions, NULL, arguments, environment);
    if (error) die("cannot start %s: %s", arguments[0], strerror(error));
}

static void end_bootstrap(void) {
    kill(bootstrap, SIGTERM);
    for (int waited = 0; waited < 10000; waited += 5) {
        if (waitpid(bootstrap, NULL, WNOHANG) != 0) return;
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    }
    kill(bootstrap, SIGKILL);
    waitpid(bootstrap, NULL, 0);
}

static void drop_caches(void) {
    sync();
    int file = open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, "1", 1) != 1) die("cannot drop the page cache: %s", strerror(errno));
    close(file);
}

static int by_value(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void print_results(void) {
    printf("{\"start_us\": %.1f, \"start_minor_faults\": %ld, \"start_major_faults\": %ld, \"start_read_bytes\": %ld, "
           "\"start_rss_kb\": %ld, \"rss_kb\": %ld, \"start_cpu_us\": %.1f",
           (double)(started - spawned) / 1e3, at_start.minor_faults, at_start.major_faults, at_start.bytes_read,
           at_start.peak_kilobytes, at_end.peak_kilobytes, at_start.cpu_microseconds);
    if (first_response) printf(", \"first_response_us\": %.1f", (double)(first_response - spawned) / 1e3);
    if (invocations > 0) {
        double count = (double)invocations;
        qsort(cycles, (size_t)invocations, sizeof *cycles, by_value);
        printf(", \"invocations\": %ld, \"median_us\": %.2f, \"p99_us\": %.2f, \"mean_us\": %.2f, \"database_us\": %.2f, "
               "\"cpu_us\": %.2f, \"response_bytes\": %zu",
               invocations, cycles[invocations / 2] / 1e3, cycles[invocations * 99 / 100] / 1e3,
               (cycle_total - database_total) / count / 1e3, database_total / count / 1e3,
               (at_end.cpu_microseconds - at_warm.cpu_microseconds) / count, response_length);
    }
    puts("}");
}

int main(int count, char **arguments) {
    static const struct option options[] = {
        {"invocations", 1, 0, 'n'}, {"warmup", 1, 0, 'w'}, {"event", 1, 0, 'e'},   {"expect", 1, 0, 'x'},
        {"database", 1, 0, 'd'},    {"certificate", 1, 0, 'c'}, {"key", 1, 0, 'k'}, {"env", 1, 0, 'v'},
        {"drop-caches", 0, 0, 'D'}, {"timeout", 1, 0, 't'}, {"help", 0, 0, 'h'},   {0, 0, 0, 0},
    };
    char *environment[64] = {"PATH=/usr/local/bin:/usr/bin:/bin", "AWS_REGION=eu-west-1", "AWS_DEFAULT_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
                             "AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                             "AWS_LAMBDA_FUNCTION_NAME=bench", "TABLE_NAME=haiku"};
    int variables = 7, drops_caches = 0;
    const char *certificate = NULL, *key = NULL;
    for (int option; (option = getopt_long(count, arguments, "+h", options, NULL)) != -1;) switch (option) {
            case 'n': invocations = atol(optarg); break;
            case 'w': warmup = atol(optarg); break;
            case 'e': event = read_file(optarg); break;
            case 'x': expected = optarg; break;
            case 'd': database = read_file(optarg); break;
            case 'c': certificate = optarg; break;
            case 'k': key = optarg; break;
            case 'v': if (variables < 60) environment[variables++] = optarg; break;
            case 'D': drops_caches = 1; break;
            case 't': timeout_seconds = atoi(optarg); break;
            case 'h': usage(); return 0;
            default: return 2;
        }
    if (optind == count) return usage(), 2;
    cycles = calloc((size_t)invocations + 1, sizeof *cycles);
    snprintf(database_headers, sizeof database_headers,
             "Content-Type: application/x-amz-json-1.0\r\nx-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF\r\n"
             "x-amz-crc32: %lu\r\n",
             crc32(0, (const unsigned char *)database.bytes, (unsigned)database.length));
    char runtime_api[64], endpoint[64];
    snprintf(runtime_api, sizeof runtime_api, "AWS_LAMBDA_RUNTIME_API=127.0.0.1:%d",
             serve(NULL, NULL, on_runtime_request, NULL));
    snprintf(endpoint, sizeof endpoint, certificate ? "AWS_ENDPOINT_URL_DYNAMODB=https://localhost:%d" : "AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:%d",
             serve(certificate, key, on_database_request, on_database_written));
    environment[variables++] = runtime_api;
    // An endpoint given with --env takes precedence.
    int has_endpoint = 0;
    for (int index = 0; index < variables; index++)
        has_endpoint |= strncmp(environment[index], "AWS_ENDPOINT_URL_DYNAMODB=", 26) == 0;
    if (!has_endpoint) environment[variables++] = endpoint;

    if (drops_caches) drop_caches();
    spawn(arguments + optind, environment);
    int outcome = run_server(timeout_seconds * 1000, is_alive);
    if (outcome == -2) die("%s exited during the measurement", arguments[optind]);
    end_bootstrap();
    if (outcome == -1) die("%s sent no request for %d s", arguments[optind], timeout_seconds);
    print_results();
    return 0;
}
