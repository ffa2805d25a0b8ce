/* What a bare libcurl program needs to send the same requests: signed with
 * the same HMAC, nothing stored, nothing checked. Beside our deliveries it
 * shows what the ledger and everything else costs.
 *
 *   hook_send URL COUNT WIDTH BODY_BYTES     prints { "per_s", "cpu_us" } of a request */
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "process.h"

#define WIDTH_MAX 64

static const char *url;
static char *body;
static size_t body_len;

struct slot {
    CURL *easy;
    struct curl_slist *headers;
};

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void sign(struct slot *s, long number)
{
    static const char key[32] = "a key of the same length as ours";
    unsigned char mac[32], text[64];
    char line[160], *whole = malloc(body_len + 80);
    int n = whole != NULL ? sprintf(whole, "evt_%026ld.%ld.", number, (long)time(NULL)) : 0;
    if (n == 0) abort();
    memcpy(whole + n, body, body_len);
    HMAC(EVP_sha256(), key, sizeof key, (unsigned char *)whole, (size_t)n + body_len, mac, NULL);
    EVP_EncodeBlock(text, mac, sizeof mac);
    free(whole);
    curl_slist_free_all(s->headers);
    s->headers = curl_slist_append(NULL, "Content-Type: application/json");
    snprintf(line, sizeof line, "webhook-id: evt_%026ld", number);
    s->headers = curl_slist_append(s->headers, line);
    snprintf(line, sizeof line, "webhook-signature: v1,%s", (char *)text);
    s->headers = curl_slist_append(s->headers, line);
    curl_easy_setopt(s->easy, CURLOPT_HTTPHEADER, s->headers);
}

static size_t on_body(char *data, size_t one, size_t n, void *ctx)
{
    (void)data, (void)ctx;
    return one * n;
}

static void prepare(struct slot *s)
{
    s->easy = curl_easy_init();
    curl_easy_setopt(s->easy, CURLOPT_URL, url);
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDSIZE, (long)body_len);
    curl_easy_setopt(s->easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(s->easy, CURLOPT_PRIVATE, s);
}

/* Sends all; how many were answered 204. */
static long run(CURLM *multi, struct slot *slots, int width, long count)
{
    long begun = 0, good = 0;
    int running = 0, left;
    for (; begun < width && begun < count; begun++) {
        prepare(&slots[begun]);
        sign(&slots[begun], begun);
        curl_multi_add_handle(multi, slots[begun].easy);
    }
    do {
        curl_multi_perform(multi, &running);
        for (CURLMsg *m; (m = curl_multi_info_read(multi, &left)) != NULL;) {
            struct slot *s;
            long status = 0;
            curl_easy_getinfo(m->easy_handle, CURLINFO_RESPONSE_CODE, &status);
            curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&s);
            good += status == 204;
            curl_multi_remove_handle(multi, s->easy);
            if (begun >= count) continue;
            sign(s, begun++);
            curl_multi_add_handle(multi, s->easy);
            running = 1;
        }
        if (running) curl_multi_poll(multi, NULL, 0, 100, NULL);
    } while (running);
    return good;
}

int main(int argc, char **argv)
{
    static struct slot slots[WIDTH_MAX];
    if (argc != 5 || atoi(argv[3]) < 1 || atoi(argv[3]) > WIDTH_MAX) return 2;
    long count = atol(argv[2]);
    url = argv[1];
    body_len = (size_t)atol(argv[4]);
    body = malloc(body_len + 1);
    if (body == NULL) return 1;
    memset(body, 'x', body_len);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM *multi = curl_multi_init();
    double cpu = process_cpu_seconds(getpid()), begun = seconds();
    if (run(multi, slots, atoi(argv[3]), count) != count) return 1;
    double took = seconds() - begun;
    cpu = process_cpu_seconds(getpid()) - cpu;
    printf("{\"per_s\":%.1f,\"cpu_us\":%.2f}\n", (double)count / took, cpu * 1e6 / (double)count);
    return 0;
}
