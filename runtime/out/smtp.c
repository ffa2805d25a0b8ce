/* See smtp.h. A sender is a thread with a libcurl handle, which keeps its
 * connection for the next message; a letter is one message. What libcurl's
 * codes mean for a queue is decided here, by how far the talk had come. */
#include "out/smtp.h"

#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/mem.h"
#include "out/easy.h"

#define CONNECT_MS 10000u
#define IDLE_SECONDS 10 /* then a sender says QUIT */
#define WORDS_MAX 300   /* of the server's last answer */
#define SOCKETS_MAX 8   /* of one sender: a connection, and attempts at its other addresses */

struct letter {
    struct list link; /* in smtp->waiting */
    char *to, *data;
    size_t len, at; /* at == len: everything was handed to the connection */
    size_t answered;
    uint64_t tag[3], since_ms;
    char words[WORDS_MAX];
    char error[CURL_ERROR_SIZE];
};

struct sender {
    const struct smtp_config *config;
    struct smtp *smtp; /* NULL: the command line's */
    pthread_t thread;
    CURL *easy;
    int sockets[SOCKETS_MAX]; /* open ones, 0: none; under smtp->lock */
};

struct smtp {
    const struct smtp_config *config;
    smtp_done done;
    void *ctx;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct list waiting;
    uint32_t count;
    bool stopping;
    struct sender sender[SMTP_THREADS];
};

const char *smtp_verdict_name(enum smtp_verdict v)
{
    static const char *const names[] = {"sent", "refused", "later", "away", "unsure", "busy"};
    return names[v];
}

bool smtp_address_fits(const char *address, size_t len)
{
    size_t at = 0, count = 0;
    if (len < 3 || len > SMTP_ADDRESS_MAX) return false;
    for (size_t i = 0; i < len; i++) {
        char c = address[i];
        if (c <= ' ' || c > '~' || strchr("<>()[],;:\\\"", c) != NULL) return false;
        if (c == '@') at = i, count++;
    }
    return count == 1 && at > 0 && at < len - 1;
}

static uint64_t now_ms(void) { return clock_mono_ns(clock_real()) / 1000000; }

/* ---- what libcurl asks for and tells ---- */

static size_t on_read(char *out, size_t one, size_t n, void *ctx)
{
    struct letter *l = ctx;
    size_t left = l->len - l->at, taken = one * n < left ? one * n : left;
    memcpy(out, l->data + l->at, taken);
    l->at += taken;
    return taken;
}

/* A line of the server's answers: the last one is kept, for people. */
static size_t on_answer(char *line, size_t one, size_t n, void *ctx)
{
    struct letter *l = ctx;
    size_t len = one * n;
    l->answered += len;
    if (l->answered > SMTP_ANSWER_MAX) return 0;
    while (len > 0 && isspace((unsigned char)line[len - 1])) len--;
    if (len >= 3 && memcmp(line, "221", 3) == 0) return one * n; /* its farewell says nothing of why */
    if (len >= sizeof l->words) len = sizeof l->words - 1;
    for (size_t i = 0; i < len; i++) l->words[i] = (char)(line[i] >= ' ' && line[i] <= '~' ? line[i] : '?');
    l->words[len] = '\0';
    return one * n;
}

static size_t on_body(char *data, size_t one, size_t n, void *ctx)
{
    (void)data, (void)ctx;
    return one * n; /* nothing comes here; it must not go to stdout */
}

static void lock(struct sender *d)
{
    if (d->smtp != NULL) pthread_mutex_lock(&d->smtp->lock);
}

static void unlock(struct sender *d)
{
    if (d->smtp != NULL) pthread_mutex_unlock(&d->smtp->lock);
}

/* Sockets are known, so that a wait can be ended in which libcurl gives nobody else a say. */
static void note_socket(struct sender *d, int before, int after)
{
    lock(d);
    for (int i = 0; i < SOCKETS_MAX; i++)
        if (d->sockets[i] == before) {
            d->sockets[i] = after;
            if (d->smtp != NULL && d->smtp->stopping && after != 0) shutdown(after, SHUT_RDWR);
            break;
        }
    unlock(d);
}

static void shut(struct sender *d, int how) // locked
{
    for (int i = 0; i < SOCKETS_MAX; i++)
        if (d->sockets[i] != 0) shutdown(d->sockets[i], how);
}

static curl_socket_t on_open(void *ctx, curlsocktype purpose, struct curl_sockaddr *address)
{
    (void)purpose;
    int fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (fd > 0) note_socket(ctx, 0, fd);
    return fd;
}

static int on_close(void *ctx, curl_socket_t fd)
{
    note_socket(ctx, fd, 0);
    return close(fd);
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t e)
{
    struct sender *d = ctx;
    (void)a, (void)b, (void)c, (void)e;
    lock(d);
    bool stop = d->smtp != NULL && d->smtp->stopping;
    unlock(d);
    return stop;
}

/* ---- what an end means ---- */

static bool failed_at(const struct letter *l, const char *command)
{
    return strncmp(l->error, command, strlen(command)) == 0;
}

/* The whole message went out, so an end without an answer leaves it open
 * whether the server has it. */
static enum smtp_verdict of_silence(const struct letter *l)
{
    return l->len > 0 && l->at == l->len ? SMTP_UNSURE : SMTP_AWAY;
}

/* A 5xx to MAIL FROM, the greeting or a login is about us, not about the
 * message: it stays in the queue until the operator has mended it. */
static enum smtp_verdict verdict_of(const struct letter *l, CURLcode code, int status)
{
    switch (code) {
    case CURLE_OK: return status >= 200 && status < 300 ? SMTP_SENT : of_silence(l);
    case CURLE_SEND_ERROR:
        if (failed_at(l, "MAIL failed")) return SMTP_AWAY;
        if (!failed_at(l, "RCPT failed") && !failed_at(l, "DATA failed")) return of_silence(l);
        break;
    case CURLE_WEIRD_SERVER_REPLY:
        if (l->at != l->len) return SMTP_AWAY; /* the greeting */
        break;
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_ABORTED_BY_CALLBACK:
    case CURLE_WRITE_ERROR: return of_silence(l);
    default: return SMTP_AWAY;
    }
    if (status == 421 || status == 530 || status == 0) return SMTP_AWAY;
    return status >= 500 ? SMTP_REFUSED : SMTP_LATER;
}

static void explain(const struct letter *l, CURLcode code, int status, char out[SMTP_ERROR_MAX])
{
    const char *words = l->error[0] ? l->error : curl_easy_strerror(code);
    if (code == CURLE_LOGIN_DENIED) words = "the server refused the user or password";
    if (code == CURLE_USE_SSL_FAILED) words = "the server offers no TLS; --smtp-tls optional goes on without";
    if (status >= 400 && l->words[0] != '\0')
        snprintf(out, SMTP_ERROR_MAX, "%s; the server said: %s", words, l->words);
    else
        snprintf(out, SMTP_ERROR_MAX, "%s", words);
    for (char *c = out; *c != '\0'; c++)
        if (*c < ' ' || *c > '~') *c = '?';
}

/* ---- sending ---- */

static void prepare(struct sender *d, struct letter *l, const char *from, struct curl_slist *to)
{
    const struct smtp_config *c = d->config;
    CURL *e = d->easy;
    long gap_s = (long)c->timeout_ms / 2000;
    easy_harden(e, "smtp,smtps", c->ca_file);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, l->error);
    curl_easy_setopt(e, CURLOPT_URL, c->url);
    curl_easy_setopt(e, CURLOPT_USE_SSL, c->tls_optional ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    if (c->user != NULL) curl_easy_setopt(e, CURLOPT_USERNAME, c->user);
    if (c->password != NULL) curl_easy_setopt(e, CURLOPT_PASSWORD, c->password);
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(c->timeout_ms < CONNECT_MS ? c->timeout_ms : CONNECT_MS));
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)c->timeout_ms);
    curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, gap_s > 1 ? gap_s : 1L);
    curl_easy_setopt(e, CURLOPT_SERVER_RESPONSE_TIMEOUT, gap_s * 2 + 1); /* also to QUIT after a refusal */
    curl_easy_setopt(e, CURLOPT_MAXCONNECTS, 1L);
    curl_easy_setopt(e, CURLOPT_MAIL_FROM, from);
    curl_easy_setopt(e, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)l->len);
    curl_easy_setopt(e, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(e, CURLOPT_READDATA, l);
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_answer);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, l);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(e, CURLOPT_OPENSOCKETDATA, d);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(e, CURLOPT_CLOSESOCKETDATA, d);
    curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(e, CURLOPT_XFERINFODATA, d);
    curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
}

/* Ends the connection. libcurl says QUIT and waits for the answer, up to two
 * minutes; nothing is read any more, so it does not wait. A connection on which
 * something went wrong is not spoken to again. */
static void rest(struct sender *d, bool politely)
{
    if (d->easy == NULL) return;
    lock(d);
    shut(d, politely ? SHUT_RD : SHUT_RDWR);
    unlock(d);
    curl_easy_setopt(d->easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(d->easy, CURLOPT_CLOSESOCKETDATA, d);
    curl_easy_cleanup(d->easy);
    d->easy = NULL;
}

static void deliver(struct sender *d, struct letter *l, struct smtp_result *out)
{
    char from[SMTP_ADDRESS_MAX + 3], to[SMTP_ADDRESS_MAX + 3];
    uint64_t begun = now_ms();
    long status = 0;
    snprintf(from, sizeof from, "<%s>", d->config->from);
    snprintf(to, sizeof to, "<%s>", l->to);
    struct curl_slist *list = curl_slist_append(NULL, to);
    if (d->easy == NULL) d->easy = curl_easy_init();
    prepare(d, l, from, list);
    CURLcode code = curl_easy_perform(d->easy);
    curl_easy_getinfo(d->easy, CURLINFO_RESPONSE_CODE, &status);
    out->verdict = verdict_of(l, code, (int)status);
    out->status = (int)status;
    out->ms = (uint32_t)(now_ms() - begun);
    out->error[0] = '\0';
    if (out->verdict != SMTP_SENT) explain(l, code, (int)status, out->error);
    curl_easy_reset(d->easy); /* its connection stays; what it pointed to goes */
    if (out->verdict != SMTP_SENT) rest(d, false);
    curl_slist_free_all(list);
}

static const char *unfit(const char *to, size_t to_len, size_t len)
{
    if (!smtp_address_fits(to, to_len)) return "this is not an address that mail can be sent to";
    return len > SMTP_MESSAGE_MAX ? "the message is too long" : NULL;
}

static void refuse(struct smtp_result *out, enum smtp_verdict verdict, const char *why)
{
    *out = (struct smtp_result){.verdict = verdict};
    snprintf(out->error, sizeof out->error, "%s", why);
}

void smtp_deliver(const struct smtp_config *config, const char *to, const char *data, size_t len,
                  struct smtp_result *out)
{
    struct sender d = {.config = config};
    const char *why = unfit(to, strlen(to), len);
    if (why != NULL) return refuse(out, SMTP_REFUSED, why);
    struct letter l = {.to = mem_strdup(to), .data = mem_dup(data, len), .len = len};
    curl_global_init(CURL_GLOBAL_DEFAULT);
    deliver(&d, &l, out);
    rest(&d, true);
    mem_free(l.to);
    mem_free(l.data);
}

/* ---- the threads ---- */

static void letter_free(struct letter *l)
{
    mem_free(l->to);
    mem_free(l->data);
    mem_free(l);
}

/* The next letter; NULL: none came for a while, or it is time to stop. */
static struct letter *take(struct smtp *s, bool *stopping)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += IDLE_SECONDS;
    int waited = 0;
    pthread_mutex_lock(&s->lock);
    while (list_empty(&s->waiting) && !s->stopping && waited == 0)
        waited = pthread_cond_timedwait(&s->wake, &s->lock, &until);
    *stopping = s->stopping;
    struct list *first = s->stopping ? NULL : list_pop_front(&s->waiting);
    if (first != NULL) s->count--;
    pthread_mutex_unlock(&s->lock);
    return first != NULL ? container_of(first, struct letter, link) : NULL;
}

static void *run(void *arg)
{
    struct sender *d = arg;
    struct smtp *s = d->smtp;
    struct smtp_result r;
    for (bool stopping = false; !stopping;) {
        struct letter *l = take(s, &stopping);
        if (l == NULL) {
            rest(d, true);
            continue;
        }
        if (now_ms() - l->since_ms > d->config->timeout_ms)
            refuse(&r, SMTP_BUSY, "it waited too long for its turn");
        else
            deliver(d, l, &r);
        s->done(s->ctx, l->tag, &r);
        letter_free(l);
    }
    return NULL;
}

void smtp_send(struct smtp *s, struct out_text to, struct out_text data, const uint64_t tag[3])
{
    struct smtp_result r;
    const char *why = unfit(to.data, to.len, data.len);
    if (why != NULL) return refuse(&r, SMTP_REFUSED, why), s->done(s->ctx, tag, &r);
    pthread_mutex_lock(&s->lock);
    bool full = s->count >= SMTP_WAITING_MAX;
    if (!full) {
        struct letter *l = mem_zalloc(sizeof *l);
        l->to = mem_dup(to.data, to.len);
        l->data = mem_dup(data.data, data.len);
        l->len = data.len;
        l->since_ms = now_ms();
        memcpy(l->tag, tag, sizeof l->tag);
        list_push_back(&s->waiting, &l->link);
        s->count++;
        pthread_cond_signal(&s->wake);
    }
    pthread_mutex_unlock(&s->lock);
    if (full) refuse(&r, SMTP_BUSY, "too many messages are waiting"), s->done(s->ctx, tag, &r);
}

struct smtp *smtp_new(const struct smtp_config *config, smtp_done done, void *ctx)
{
    struct smtp *s = mem_zalloc(sizeof *s);
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counted, and safe in threads since 7.84 */
    s->config = config;
    s->done = done;
    s->ctx = ctx;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    list_init(&s->waiting);
    for (int i = 0; i < SMTP_THREADS; i++) {
        s->sender[i].config = config;
        s->sender[i].smtp = s;
        int err = pthread_create(&s->sender[i].thread, NULL, run, &s->sender[i]);
        if (err != 0) abort(); /* no threads at start: nothing else would run either */
    }
    return s;
}

void smtp_close(struct smtp *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    for (int i = 0; i < SMTP_THREADS; i++) shut(&s->sender[i], SHUT_RDWR);
    pthread_cond_broadcast(&s->wake);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < SMTP_THREADS; i++) pthread_join(s->sender[i].thread, NULL);
    for (struct list *at; (at = list_pop_front(&s->waiting)) != NULL;)
        letter_free(container_of(at, struct letter, link));
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    mem_free(s);
}
