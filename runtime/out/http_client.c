/* See http_client.h. A transfer is one request with its hops; a pool is one
 * tenant's libcurl multi, so that connections are kept within the tenant. */
#include "out/http_client.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/list.h"
#include "base/map.h"
#include "base/mem.h"
#include "out/easy.h"
#include "out/multi.h"

#define CONNECTIONS_KEPT 32 /* idle ones of one tenant: some for each of its endpoints */
#define POOL_IDLE_MS 30000  /* then a tenant's connections are closed */
#define HEADERS_MAX 16384   /* bytes of all answers' heads of one request */

struct pool {
    int64_t tenant;
    struct multi *multi;
    struct list transfers;
    uint32_t active;
    uint64_t idle_since;
    struct http_client *client;
};

struct transfer {
    struct list link; /* in pool->transfers */
    struct pool *pool;
    CURL *easy;
    struct curl_slist *headers;
    char *method, *url, *body, *key;
    size_t body_len;
    int32_t body_max, hops;
    uint64_t start_ms, end_ms;
    uint32_t head_bytes;
    struct out_result result;
    out_done done;
    void *ctx;
    uint64_t tag;
    const struct out_stream *taker; /* NULL: the answer is kept whole */
    size_t taken;                   /* bytes that it took */
    bool told;                      /* it knows the head */
    const char *wrong;              /* why we refused an address or ended it ourselves */
    bool barred;                    /* the next hop is not allowed */
    char error[CURL_ERROR_SIZE];
};

struct http_client {
    struct http_client_config config;
    uv_loop_t *loop;
    uv_timer_t sweep;
    struct map pools;
    struct curl_slist *names;
    uint32_t active;
};

static struct map_key pool_key(const void *value)
{
    const struct pool *p = value;
    return (struct map_key){&p->tenant, sizeof p->tenant};
}

/* ---- what comes in ---- */

static void add_header(struct transfer *t, const char *line, size_t n)
{
    const char *colon = memchr(line, ':', n);
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) buf_reset(&t->result.headers); /* of the last answer only */
    if (colon == NULL) return;
    while (n > 0 && isspace((unsigned char)line[n - 1])) n--;
    const char *value = colon + 1;
    while (value < line + n && (*value == ' ' || *value == '\t')) value++;
    for (const char *c = line; c < colon; c++) buf_char(&t->result.headers, (char)tolower((unsigned char)*c));
    buf_str(&t->result.headers, ": ");
    if (value < line + n) buf_add(&t->result.headers, value, (size_t)(line + n - value));
    buf_char(&t->result.headers, '\n');
}

/* The head is whole; one of 100 to 199 is followed by another. */
static void tell_head(struct transfer *t)
{
    long status = 0;
    curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status < 200) return;
    t->told = true;
    t->taker->head(t->ctx, (int)status, &t->result.headers);
}

static size_t on_header(char *data, size_t one, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    (void)one;
    t->head_bytes += (uint32_t)n;
    if (t->head_bytes > HEADERS_MAX) return t->wrong = "the answer's head is too long", 0;
    add_header(t, data, n);
    if (t->taker != NULL && !t->told && n > 0 && (data[0] == '\r' || data[0] == '\n')) tell_head(t);
    return n;
}

static size_t on_taken(struct transfer *t, const char *data, size_t n)
{
    if (t->taken + n > (size_t)t->body_max) return t->wrong = "the answer is too long", 0;
    switch (t->taker->data(t->ctx, data, n)) {
    case OUT_TAKEN: t->taken += n; return n;
    case OUT_LATER: return CURL_WRITEFUNC_PAUSE;
    case OUT_STOP: break;
    }
    return 0;
}

static size_t on_body(char *data, size_t one, size_t n, void *ctx)
{
    struct transfer *t = ctx;
    (void)one;
    if (t->taker != NULL) return on_taken(t, data, n);
    size_t room = (size_t)t->body_max - t->result.body.len, taken = n < room ? n : room;
    buf_add(&t->result.body, data, taken);
    if (taken == n) return n;
    t->result.cut = 1; /* what was sent is known; nothing more is read */
    return 0;
}

/* The check that counts: the address that is about to be connected to. */
static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = ctx;
    (void)purpose;
    if (guard_address(t->pool->client->config.guard, &address->addr) != ERR_OK) {
        t->wrong = "this address may not be called";
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- life of a transfer ---- */

static void transfer_free(struct transfer *t)
{
    list_remove(&t->link);
    t->pool->active--;
    t->pool->client->active--;
    t->pool->idle_since = uv_now(t->pool->client->loop);
    curl_easy_cleanup(t->easy);
    curl_slist_free_all(t->headers);
    buf_deinit(&t->result.headers);
    buf_deinit(&t->result.body);
    mem_free(t->method);
    mem_free(t->url);
    mem_free(t->body);
    mem_free(t->key);
    mem_free(t);
}

static void prepare(struct transfer *t)
{
    const struct http_client_config *c = &t->pool->client->config;
    CURL *e = t->easy;
    uint64_t now = uv_now(t->pool->client->loop);
    easy_harden(e, "http,https", c->ca_file);
    curl_easy_setopt(e, CURLOPT_PRIVATE, t);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(e, CURLOPT_URL, t->url);
    curl_easy_setopt(e, CURLOPT_USERAGENT, "aZentiKo");
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)(t->end_ms > now ? t->end_ms - now : 1));
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, t);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, t);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, t);
    curl_easy_setopt(e, CURLOPT_RESOLVE, t->pool->client->names);
    if (t->body_len > 0 || strcmp(t->method, "POST") == 0) {
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_len);
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, t->body);
    }
    if (strcmp(t->method, "HEAD") == 0) curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, t->method);
}

static void become_get(struct transfer *t)
{
    mem_free(t->method);
    t->method = mem_strdup("GET");
    t->body_len = 0;
    curl_slist_free_all(t->headers); /* what was meant for the first address stays there */
    t->headers = NULL;
}

/* false: this was the last hop, or the next one is not allowed. */
static bool follow(struct transfer *t)
{
    char *next = NULL;
    const char *why;
    int status = t->result.status;
    if (t->hops == 0 || status < 301 || status > 308 || (status > 303 && status < 307)) return false;
    curl_easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &next);
    if (next == NULL) return false;
    if (guard_url(t->pool->client->config.guard, next, strlen(next), &why) != ERR_OK) {
        t->wrong = why;
        t->barred = true;
        return false;
    }
    t->hops--;
    t->wrong = NULL;
    mem_free(t->url);
    t->url = mem_strdup(next);
    become_get(t);
    buf_reset(&t->result.body);
    curl_easy_reset(t->easy);
    prepare(t);
    multi_add(t->pool->multi, t->easy);
    return true;
}

static int code_of(const struct transfer *t, CURLcode code)
{
    switch (code) {
    case CURLE_OK: return t->barred ? ERR_DENIED : ERR_OK;
    case CURLE_OPERATION_TIMEDOUT: return ERR_TIMEOUT;
    case CURLE_WRITE_ERROR: return t->result.cut ? ERR_OK : ERR_LIMIT;
    case CURLE_COULDNT_CONNECT: return t->wrong ? ERR_DENIED : ERR_UNAVAILABLE;
    case CURLE_COULDNT_RESOLVE_HOST: return ERR_UNAVAILABLE;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL: return ERR_INVALID;
    default: return ERR_CLOSED;
    }
}

static void on_done(void *ctx, CURL *easy, CURLcode code)
{
    struct transfer *t = NULL;
    struct http_client *c = ((struct pool *)ctx)->client;
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    t->result.status = (int)status;
    if (code == CURLE_OK && follow(t)) return;
    t->result.code = code_of(t, code);
    t->result.ms = (uint32_t)(uv_now(c->loop) - t->start_ms);
    t->result.error = t->result.code == ERR_OK ? ""
                      : t->wrong               ? t->wrong
                      : t->error[0]            ? t->error
                                               : curl_easy_strerror(code);
    t->done(t->ctx, t->tag, &t->result);
    transfer_free(t);
}

/* ---- starting ---- */

static struct pool *pool_of(struct http_client *c, int64_t tenant)
{
    struct pool *p = map_find(&c->pools, &tenant, sizeof tenant);
    if (p != NULL) return p;
    p = mem_zalloc(sizeof *p);
    p->tenant = tenant;
    p->client = c;
    p->multi = multi_new(c->loop, CONNECTIONS_KEPT, on_done, p);
    list_init(&p->transfers);
    map_put(&c->pools, p);
    return p;
}

static int admit(struct pool *p, const struct out_request *r, const char **why)
{
    struct http_client *c = p->client;
    int32_t same = 0, most = r->at_once > 0 && r->at_once < OUT_KEY_MAX ? r->at_once : OUT_KEY_MAX;
    *why = "too many requests are under way";
    if (p->active >= c->config.tenant_max || c->active >= c->config.all_max) return ERR_LIMIT;
    for (struct list *at = p->transfers.next; r->key.len > 0 && at != &p->transfers; at = at->next) {
        const struct transfer *t = container_of(at, struct transfer, link);
        same += strlen(t->key) == r->key.len && memcmp(t->key, r->key.data, r->key.len) == 0;
    }
    return same < most ? ERR_OK : ERR_LIMIT;
}

/* "Name: value\n" lines; one without a value would be a header's removal. */
static struct curl_slist *read_headers(const struct out_text *text)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:"); /* no waiting for 100 Continue */
    char line[2048];
    for (const char *at = text->data, *end = text->data + text->len; at < end;) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        size_t n = (size_t)((stop != NULL ? stop : end) - at);
        if (n > 0 && n < sizeof line) {
            memcpy(line, at, n);
            line[n] = '\0';
            list = curl_slist_append(list, line);
        }
        at += n + 1;
    }
    return list;
}

static struct transfer *transfer_new(struct pool *p, const struct out_request *r)
{
    struct transfer *t = mem_zalloc(sizeof *t);
    t->pool = p;
    t->easy = curl_easy_init();
    t->headers = read_headers(&r->headers);
    t->method = mem_dup(r->method.data, r->method.len);
    t->url = mem_dup(r->url.data, r->url.len);
    t->body = mem_dup(r->body.data, r->body.len);
    t->key = mem_dup(r->key.data, r->key.len);
    t->body_len = r->body.len;
    t->body_max = r->body_max;
    t->hops = r->redirects;
    t->start_ms = uv_now(p->client->loop);
    t->end_ms = t->start_ms + (uint64_t)r->timeout_ms;
    list_push_back(&p->transfers, &t->link);
    p->active++;
    p->client->active++;
    return t;
}

int http_client_stream(struct http_client *c, int64_t tenant, const struct out_request *r,
                       const struct out_stream *taker, out_done done, void *ctx, uint64_t tag,
                       struct transfer **out, const char **why)
{
    int err = guard_url(c->config.guard, r->url.data, r->url.len, why);
    if (err != ERR_OK) return err;
    struct pool *p = pool_of(c, tenant);
    err = admit(p, r, why);
    if (err != ERR_OK) return err;
    struct transfer *t = transfer_new(p, r);
    t->taker = taker;
    t->done = done;
    t->ctx = ctx;
    t->tag = tag;
    if (out != NULL) *out = t;
    prepare(t);
    multi_add(p->multi, t->easy);
    return ERR_OK;
}

int http_client_start(struct http_client *c, int64_t tenant, const struct out_request *r, out_done done,
                      void *ctx, uint64_t tag, const char **why)
{
    return http_client_stream(c, tenant, r, NULL, done, ctx, tag, NULL, why);
}

void http_client_resume(struct transfer *t) { curl_easy_pause(t->easy, CURLPAUSE_CONT); }

void http_client_abort(struct transfer *t)
{
    multi_remove(t->pool->multi, t->easy);
    transfer_free(t);
}

/* ---- life ---- */

static void pool_close(struct pool *p)
{
    while (!list_empty(&p->transfers)) {
        struct transfer *t = container_of(p->transfers.next, struct transfer, link);
        multi_remove(p->multi, t->easy);
        t->result.code = ERR_CLOSED;
        t->result.error = "the server is stopping";
        t->done(t->ctx, t->tag, &t->result);
        transfer_free(t);
    }
    multi_close(p->multi);
    mem_free(p);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http_client *c = timer->data;
    struct pool *p, *old = NULL;
    size_t at = 0;
    while ((p = map_next(&c->pools, &at)) != NULL)
        if (p->active == 0 && uv_now(c->loop) - p->idle_since > POOL_IDLE_MS) old = p;
    if (old == NULL) return;
    map_take(&c->pools, &old->tenant, sizeof old->tenant); /* one a sweep: removal moves entries */
    pool_close(old);
}

struct http_client *http_client_new(uv_loop_t *loop, const struct http_client_config *config)
{
    struct http_client *c = mem_zalloc(sizeof *c);
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counted, and safe in threads since 7.84 */
    c->config = *config;
    c->loop = loop;
    map_init(&c->pools, pool_key);
    for (const char *const *name = config->test_names; name != NULL && *name != NULL; name++)
        c->names = curl_slist_append(c->names, *name);
    uv_timer_init(loop, &c->sweep);
    c->sweep.data = c;
    uv_timer_start(&c->sweep, on_sweep, 1000, 1000);
    return c;
}

static void on_closed(uv_handle_t *h)
{
    struct http_client *c = h->data;
    curl_slist_free_all(c->names);
    mem_free(c);
}

void http_client_close(struct http_client *c)
{
    size_t at;
    struct pool *p;
    while (at = 0, (p = map_next(&c->pools, &at)) != NULL) {
        map_take(&c->pools, &p->tenant, sizeof p->tenant);
        pool_close(p);
    }
    map_deinit(&c->pools);
    uv_close((uv_handle_t *)&c->sweep, on_closed);
}

uint32_t http_client_active(const struct http_client *c) { return c->active; }
