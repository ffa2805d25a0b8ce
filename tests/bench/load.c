/* azk_load: WebSocket load for a server on this machine, one line of JSON out.
 *
 *   azk_load ws   -c 256 -d 3 [-r RATE] -m TEMPLATE -e TEMPLATE ws://127.0.0.1:8080/path
 *   azk_load idle -c 10000 [--touch] ...
 *
 * It takes the options of the generator that CHATLOAD may name, as far as
 * tests/bench/run uses them, and prints the same keys. Times in the output are
 * microseconds, memory bytes. Only loopback addresses are ever loaded. */
#include <arpa/inet.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "load.h"

#define CONNS_MAX 100000

static char headers[4096], host[64];

enum { OPT_HELLO = 256, OPT_HELLO_EXPECT, OPT_SETTLE, OPT_HOLD, OPT_TOUCH };

static const struct option options[] = {
    {"conns", 1, NULL, 'c'},         {"header", 1, NULL, 'H'},
    {"pids", 1, NULL, 'p'},          {"rate", 1, NULL, 'r'},
    {"duration", 1, NULL, 'd'},      {"warmup", 1, NULL, 'w'},
    {"message", 1, NULL, 'm'},       {"expect", 1, NULL, 'e'},
    {"hello", 1, NULL, OPT_HELLO},   {"hello-expect", 1, NULL, OPT_HELLO_EXPECT},
    {"settle", 1, NULL, OPT_SETTLE}, {"hold", 1, NULL, OPT_HOLD},
    {"touch", 0, NULL, OPT_TOUCH},   {NULL, 0, NULL, 0},
};

static _Noreturn void die(const char *what, const char *detail)
{
    fprintf(stderr, "azk_load: %s: %s\n", what, detail);
    exit(2);
}

static double number(const char *text, double least, double most)
{
    char *end;
    double v = strtod(text, &end);
    if (end == text || *end != 0 || !(v >= least && v <= most)) die("bad number", text);
    return v;
}

/* Fills to and host; returns the path. */
static const char *parse_url(const char *url, struct sockaddr_in *to)
{
    if (strncmp(url, "ws://", 5) != 0) die("only ws:// is spoken", url);
    size_t n = strcspn(url + 5, "/");
    if (n >= sizeof host) die("long address", url);
    memcpy(host, url + 5, n);
    char address[64];
    memcpy(address, host, sizeof address);
    char *colon = strchr(address, ':');
    to->sin_family = AF_INET;
    to->sin_port = htons(colon ? (uint16_t)number(colon + 1, 1, 65535) : 80);
    if (colon != NULL) *colon = 0;
    if (inet_pton(AF_INET, address, &to->sin_addr) != 1 || ntohl(to->sin_addr.s_addr) >> 24 != 127)
        die("not a loopback address", url);
    return url[5 + n] != 0 ? url + 5 + n : "/";
}

static const char *upgrade_request(const char *path)
{
    static char request[8192];
    int n = snprintf(request, sizeof request,
                     "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n",
                     path, host, headers);
    if (n >= (int)sizeof request) die("long request", path);
    return request;
}

static void add_header(const char *line)
{
    size_t at = strlen(headers);
    if (snprintf(headers + at, sizeof headers - at, "%s\r\n", line) >= (int)(sizeof headers - at))
        die("long headers", line);
}

static void set(struct load_options *o, int key, const char *value)
{
    switch (key) {
    case 'c': o->conns = (uint32_t)number(value, 1, CONNS_MAX); break;
    case 'H': add_header(value); break;
    case 'p': o->pid = (int)number(value, 1, 1e9); break;
    case 'r': o->rate = number(value, 0, 1e7); break;
    case 'd': o->seconds = number(value, 0.1, 600); break;
    case 'w': o->warmup = number(value, 0, 600); break;
    case 'm': o->message = value; break;
    case 'e': o->expect = value; break;
    case OPT_HELLO: o->hello = value; break;
    case OPT_HELLO_EXPECT: o->hello_expect = value; break;
    case OPT_SETTLE: o->settle = number(value, 0, 600); break;
    case OPT_HOLD: o->hold = number(value, 0, 600); break;
    case OPT_TOUCH: o->touch = true; break;
    default: exit(2);
    }
}

static double us(const struct load_result *r, double percent)
{
    return (double)histogram_percentile(&r->latency, percent) / 1e3;
}

static void print_memory(const char *key, uint64_t rss, const struct load_result *r)
{
    if (rss != 0)
        printf(",\"%s\":{\"rss\":%llu,\"rss_per_conn\":%.0f}", key, (unsigned long long)rss,
               ((double)rss - (double)r->rss_before) / (r->opened > 0 ? r->opened : 1));
}

static void print_window(const struct load_result *r)
{
    printf(",\"msgs\":%llu,\"msgs_per_s\":%.1f", (unsigned long long)r->messages,
           (double)r->messages / r->window_seconds);
    printf(",\"lat_us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}", us(r, 50),
           us(r, 90), us(r, 99), us(r, 99.9), (double)r->latency.max / 1e3);
    printf(",\"load_cpu\":%.3f,\"server_cpu\":%.3f,\"server_cpu_us_per_msg\":%.2f",
           r->load_cpu / r->window_seconds, r->server_cpu / r->window_seconds,
           r->messages ? r->server_cpu * 1e6 / (double)r->messages : 0);
}

static void print_result(const struct load_options *o, const struct load_result *r)
{
    printf("{\"mode\":\"%s\",\"conns\":%u,\"opened\":%u,\"failed\":%u,\"open_s\":%.3f",
           o->idle ? "idle" : "ws", o->conns, r->opened, r->failed, r->open_seconds);
    if (o->idle) {
        printf(",\"before\":{\"rss\":%llu}", (unsigned long long)r->rss_before);
        print_memory("open", r->rss_open, r);
        print_memory("touched", r->rss_touched, r);
        print_memory("held", r->rss_held, r);
    } else {
        print_window(r);
    }
    printf(",\"errors\":{\"closed\":%llu,\"unfinished\":%llu},\"unmatched\":%llu}\n",
           (unsigned long long)r->closed, (unsigned long long)r->unfinished,
           (unsigned long long)r->unmatched);
}

static void raise_descriptors(uint32_t conns)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < conns + 64) die("too few descriptors", "see ulimit -Hn");
}

int main(int argc, char **argv)
{
    static struct load_result result;
    struct load_options o = {.message = "{\"id\":{id},\"n\":{n}}",
                             .expect = "",
                             .hello_expect = "",
                             .conns = 1,
                             .seconds = 10,
                             .warmup = 1,
                             .settle = 2};
    if (argc < 3) die("usage", "azk_load ws|idle [options] ws://127.0.0.1:PORT/PATH");
    o.idle = strcmp(argv[1], "idle") == 0;
    optind = 2;
    for (int key; (key = getopt_long(argc, argv, "c:H:p:r:d:w:m:e:", options, NULL)) != -1;)
        set(&o, key, optarg);
    if (optind != argc - 1) die("usage", "one URL");
    o.request = upgrade_request(parse_url(argv[optind], &o.to));
    raise_descriptors(o.conns);
    signal(SIGPIPE, SIG_IGN);
    load_run(&o, &result);
    print_result(&o, &result);
    return result.opened == o.conns && result.closed == 0 ? 0 : 1;
}
