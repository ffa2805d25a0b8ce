/* The states of a visitor's page:
 *
 *   AWAY -> CALLING -> GREETING -> SEATED      request, opened, ready
 *   any  -> AWAY                               closed, hung up; it calls again
 *   any  -> LEFT                               told to leave
 *
 * `life` changes with every connection, so that timers of an older one find
 * out that they are late. */
#include "sim_client.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sim_frame.h"
#include "sim_server.h"
#include "sim_world.h"

#define PATIENCE_NS (8 * SIM_SECOND)    /* without an answer: the line is taken for dead */
#define PARKED_MAX_NS (80 * SIM_SECOND) /* 60 s by the engine, then the client's next call */
#define TRIES_MAX 6                     /* of a hopeless message */
#define SEEN_MAX 1000
#define HELLO_LIMIT_NS (30 * SIM_SECOND) /* scripts/actors/greeter.lua */

enum client_state { CLIENT_AWAY, CLIENT_CALLING, CLIENT_GREETING, CLIENT_SEATED, CLIENT_LEFT };

struct sim_client {
    struct sim_world *world;
    struct sim_server *server;
    struct sim_client *with;
    struct sim_habits habits;
    enum sim_mood mood;
    enum client_state state;
    int tenant, conn;
    uint64_t life, called_ns, parked_ns; /* parked_ns: since when it is turned away; 0: it is not */
    char mark[16], token[120], conversation[40];
    struct sim_said said[SIM_SAID_MAX];
    size_t count, next; /* next: the first not sent on this connection */
    int64_t seen;
    char *frame[SEEN_MAX]; /* by seq */
    int post_conn;         /* -1: none under way */
    size_t posted;
};

static void call(struct sim_world *w, void *arg, uint64_t number);
static void think(struct sim_world *w, void *arg, uint64_t number);

static void fail(struct sim_client *c, const char *what, const char *frame)
{
    sim_fail(c->world, "client %s: %s: %.300s", c->mark, what, frame);
}

/* ---- lines ---- */

static void away(struct sim_client *c)
{
    c->state = CLIENT_AWAY;
    c->life++;
    c->next = 0;
    sim_after(c->world, sim_between(c->world, 100 * SIM_MS, 3 * SIM_SECOND), call, c, c->life);
}

static void hang_up(struct sim_client *c)
{
    sim_server_hang_up(c->server, c->conn, sim_chance(c->world, 300));
    away(c);
}

static void on_line_breaks(struct sim_world *w, void *arg, uint64_t life)
{
    struct sim_client *c = arg;
    (void)w;
    if (life == c->life && (c->state == CLIENT_GREETING || c->state == CLIENT_SEATED)) hang_up(c);
}

static void on_silence(struct sim_world *w, void *arg, uint64_t life)
{
    struct sim_client *c = arg;
    if (life != c->life || (c->state != CLIENT_CALLING && c->state != CLIENT_GREETING)) return;
    if (c->habits.prompt) sim_fail(w, "client %s: neither ready nor refused", c->mark);
    hang_up(c);
}

/* ---- sending ---- */

static void write_frame(const struct sim_said *m, char *frame, size_t size)
{
    snprintf(frame, size, "{\"type\":\"%s\",\"cid\":\"%s\",%s}", m->type, m->cid, m->fields);
}

static const struct sim_ear post_ear;

static bool post(struct sim_client *c, size_t i)
{
    char frame[300];
    struct buf b;
    if (c->post_conn >= 0) return false;
    write_frame(&c->said[i], frame, sizeof frame);
    buf_init(&b);
    buf_fmt(
        &b,
        "{\"method\":\"POST\",\"path\":\"/v1/chat/messages\",\"query\":\"bot=pk_tenant%d&conversation=%s\"",
        c->tenant, c->conversation);
    buf_fmt(&b,
            ",\"headers\":{\"origin\":\"http://localhost\",\"authorization\":\"Bearer "
            "%s\"},\"ip\":\"192.0.2.1\",\"body\":",
            c->token);
    buf_json(&b, frame, strlen(frame));
    buf_char(&b, '}');
    c->posted = i;
    c->post_conn = sim_server_connect(c->server, buf_cstr(&b), &post_ear, c);
    buf_deinit(&b);
    return c->post_conn >= 0;
}

static void send_said(struct sim_client *c, size_t i)
{
    char frame[300];
    struct sim_said *m = &c->said[i];
    m->sent_ns = c->world->now_ns;
    m->tries++;
    if (sim_chance(c->world, c->habits.post) && c->state == CLIENT_SEATED && post(c, i)) return;
    write_frame(m, frame, sizeof frame);
    sim_server_say(c->server, c->conn, frame);
    if (sim_chance(c->world, c->habits.twice)) sim_server_say(c->server, c->conn, frame);
    if (sim_chance(c->world, c->habits.hang_up))
        sim_after(c->world, sim_between(c->world, 0, 200 * SIM_MS), on_line_breaks, c, c->life);
}

static bool settled(const struct sim_said *m) { return m->seq != 0 || m->given_up; }

/* How many are under way; *stale: one of them has been for too long. */
static size_t under_way(const struct sim_client *c, bool *stale)
{
    size_t n = 0;
    *stale = false;
    for (size_t i = 0; i < c->next; i++) {
        if (settled(&c->said[i])) continue;
        n++;
        if (c->world->now_ns - c->said[i].sent_ns > PATIENCE_NS) *stale = true;
    }
    return n;
}

static void think(struct sim_world *w, void *arg, uint64_t life)
{
    struct sim_client *c = arg;
    bool stale;
    if (life != c->life || c->state != CLIENT_SEATED) return;
    while (c->next < c->count && settled(&c->said[c->next])) c->next++;
    size_t n = under_way(c, &stale);
    if (stale && c->habits.prompt)
        return sim_fail(w, "client %s: a message is neither acked nor refused", c->mark);
    if (stale) return hang_up(c);
    if (n < c->habits.window && c->next < c->count) send_said(c, c->next++);
    sim_after(w, sim_between(w, SIM_MS, c->habits.think_ns), think, c, c->life);
}

/* Message i has to be sent again; what was sent after it goes again, too. */
static void again(struct sim_client *c, size_t i)
{
    struct sim_said *m = &c->said[i];
    if (m->hopeless && m->tries >= TRIES_MAX) m->given_up = true;
    if (i < c->next) c->next = i;
}

/* ---- what is heard ---- */

static void hear_number(struct sim_client *c, int64_t seq, const char *frame)
{
    if (seq < 1 || seq >= SEEN_MAX) return fail(c, "a seq that cannot be", frame);
    if (seq > c->seen + 1) return fail(c, "a gap in what is seen", frame);
    if (seq == c->seen + 1) c->seen = seq;
}

static void hear_ack(struct sim_client *c, const char *frame, bool on_socket)
{
    char cid[32];
    int64_t seq = sim_frame_number(frame, "seq");
    if (!sim_frame_text(frame, "cid", cid, sizeof cid)) return fail(c, "an ack without cid", frame);
    for (size_t i = 0; i < c->count; i++) {
        struct sim_said *m = &c->said[i];
        if (strcmp(m->cid, cid) != 0) continue;
        if (m->seq != 0 && m->seq != seq) return fail(c, "two acks that differ", frame);
        m->seq = seq;
        return on_socket ? hear_number(c, seq, frame) : (void)0;
    }
    fail(c, "an ack for what was not said", frame);
}

static void hear_message(struct sim_client *c, const char *frame)
{
    int64_t seq = sim_frame_number(frame, "seq");
    hear_number(c, seq, frame);
    if (c->world->failed) return;
    if (c->frame[seq] == NULL)
        c->frame[seq] = mem_strdup(frame);
    else if (strcmp(c->frame[seq], frame) != 0)
        fail(c, "one seq, two messages", frame);
}

static void hear_ready(struct sim_client *c, const char *frame)
{
    char token[sizeof c->token], conversation[sizeof c->conversation];
    if (c->state != CLIENT_GREETING) return fail(c, "ready twice", frame);
    if (!sim_frame_text(frame, "visitor", token, sizeof token) ||
        !sim_frame_text(frame, "conversation", conversation, sizeof conversation))
        return fail(c, "ready without token or conversation", frame);
    if (c->token[0] != '\0' && strcmp(c->token, token) != 0) return fail(c, "another visitor", frame);
    if (c->conversation[0] != '\0' && strcmp(c->conversation, conversation) != 0)
        return fail(c, "another conversation", frame);
    if (sim_frame_number(frame, "seq") < c->seen) return fail(c, "seq went back", frame);
    memcpy(c->token, token, sizeof token);
    memcpy(c->conversation, conversation, sizeof conversation);
    if (c->parked_ns != 0 && c->world->now_ns - c->parked_ns > PARKED_MAX_NS && c->habits.prompt)
        return fail(c, "turned away for too long", frame);
    c->parked_ns = 0;
    c->state = CLIENT_SEATED;
    sim_after(c->world, sim_between(c->world, 0, c->habits.think_ns), think, c, c->life);
}

static void on_again(struct sim_world *w, void *arg, uint64_t number)
{
    (void)w;
    again(arg, (size_t)number);
}

static void hear_error(struct sim_client *c, const char *frame)
{
    char cid[32], code[40] = "";
    sim_frame_text(frame, "code", code, sizeof code);
    if (strcmp(code, "unavailable") != 0 && strcmp(code, "conflict") != 0 && strcmp(code, "not_found") != 0 &&
        strcmp(code, "hello_required") != 0)
        return fail(c, "an error that nothing explains", frame);
    if (!sim_frame_text(frame, "cid", cid, sizeof cid)) return; /* what is not acked is sent again anyway */
    uint64_t ms = (uint64_t)sim_frame_number(frame, "retry_after_ms");
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->said[i].cid, cid) == 0 && !settled(&c->said[i]))
            sim_after(c->world, (ms + sim_between(c->world, 0, 500)) * SIM_MS, on_again, c, i);
}

/* Every text of a tenant's business, and every mark of its visitors, names it. */
static bool foreign(const struct sim_client *c, const char *frame)
{
    char mark[24];
    for (int t = 1; t <= 3; t++) {
        if (t == c->tenant) continue;
        snprintf(mark, sizeof mark, "enant%dhof", t);
        if (strstr(frame, mark) != NULL) return true;
        snprintf(mark, sizeof mark, "t%dc", t);
        if (strstr(frame, mark) != NULL && strstr(frame, "\"type\":\"ready\"") == NULL) return true;
    }
    return false;
}

static void on_frame(void *ctx, int conn, const char *frame, size_t len)
{
    struct sim_client *c = ctx;
    (void)len;
    if (conn != c->conn || c->state < CLIENT_GREETING || c->state == CLIENT_LEFT) return;
    if (foreign(c, frame)) return fail(c, "something of another tenant", frame);
    if (c->state == CLIENT_GREETING && !sim_frame_is(frame, "ready") && !sim_frame_is(frame, "error") &&
        !sim_frame_is(frame, "bye"))
        return fail(c, "something before ready", frame);
    if (sim_frame_is(frame, "ready"))
        hear_ready(c, frame);
    else if (sim_frame_is(frame, "ack"))
        hear_ack(c, frame, true);
    else if (sim_frame_is(frame, "message"))
        hear_message(c, frame);
    else if (sim_frame_is(frame, "error"))
        hear_error(c, frame);
    else if (sim_frame_is(frame, "bye"))
        hang_up(c);
    else if (!sim_frame_is(frame, "status"))
        fail(c, "an unknown frame", frame);
}

/* ---- the ear ---- */

/* An event stream's request is its hello. */
static bool streams(const struct sim_client *c) { return c->habits.stream && c->with != NULL; }

static void on_opened(void *ctx, int conn)
{
    struct sim_client *c = ctx;
    char hello[400];
    if (conn != c->conn || c->state != CLIENT_CALLING) return;
    c->state = CLIENT_GREETING;
    if (c->mood == SIM_MUTE || streams(c)) return;
    int n = snprintf(hello, sizeof hello, "{\"type\":\"hello\"");
    if (c->token[0] != '\0')
        n += snprintf(hello + n, sizeof hello - (size_t)n,
                      ",\"visitor\":\"%s\",\"conversation\":\"%s\",\"after\":%lld", c->token, c->conversation,
                      (long long)c->seen);
    snprintf(hello + n, sizeof hello - (size_t)n, ",\"locale\":\"en\"}");
    sim_server_say(c->server, c->conn, hello);
    if (c->count > 0 && !settled(&c->said[0]) && sim_chance(c->world, c->habits.hasty))
        send_said(c, c->next++);
}

static void on_answered(void *ctx, int conn, int status, const char *body, size_t len)
{
    struct sim_client *c = ctx;
    (void)len;
    if (conn == c->conn && c->state == CLIENT_CALLING && status != 503)
        fail(c, "the channel is refused", body);
}

/* Nobody said hello: the server must end it in time, whatever the wall clock does. */
static void check_mute(struct sim_client *c, int code)
{
    uint64_t took = c->world->now_ns - c->called_ns;
    if (code == 1006 || c->state != CLIENT_GREETING) return;
    if (code != 1008 || took < HELLO_LIMIT_NS || took > HELLO_LIMIT_NS + 8 * SIM_SECOND)
        sim_fail(c->world, "client %s: closed with %d after %.3f s without hello", c->mark, code,
                 (double)took / 1e9);
}

static void on_closed(void *ctx, int conn, int code)
{
    struct sim_client *c = ctx;
    if (conn != c->conn || c->state == CLIENT_LEFT || c->state == CLIENT_AWAY) return;
    if (c->mood == SIM_MUTE) check_mute(c, code);
    if (code == 1013 && c->state == CLIENT_SEATED && c->parked_ns == 0) c->parked_ns = c->world->now_ns;
    away(c);
}

static const struct sim_ear chat_ear = {on_opened, on_frame, on_answered, on_closed};

static void on_posted(void *ctx, int conn, int status, const char *body, size_t len)
{
    struct sim_client *c = ctx;
    (void)len;
    if (conn != c->post_conn || c->state == CLIENT_LEFT) return;
    c->post_conn = -1;
    if (status == 200) return hear_ack(c, body, false);
    if (status != 503 && status != 500) return fail(c, "a POST is refused", body);
    again(c, c->posted);
}

static void on_post_closed(void *ctx, int conn, int code)
{
    struct sim_client *c = ctx;
    (void)code;
    if (conn != c->post_conn) return;
    c->post_conn = -1;
    if (c->state != CLIENT_LEFT) again(c, c->posted);
}

static const struct sim_ear post_ear = {NULL, NULL, on_posted, on_post_closed};

static void write_call(const struct sim_client *c, char *json, size_t size)
{
    int n = snprintf(json, size, "{\"method\":\"GET\",\"path\":\"/v1/chat%s\",\"query\":\"bot=pk_tenant%d",
                     streams(c) ? "/events" : "", c->tenant);
    if (streams(c))
        n += snprintf(json + n, size - (size_t)n, "&visitor=%s&conversation=%s&after=%lld", c->token,
                      c->conversation, (long long)c->seen);
    snprintf(json + n, size - (size_t)n,
             "\",\"headers\":{\"upgrade\":\"websocket\",\"origin\":\"http://localhost\"},\"body\":\"\","
             "\"ip\":\"192.0.2.1\"}");
}

static void call(struct sim_world *w, void *arg, uint64_t life)
{
    struct sim_client *c = arg;
    char json[600];
    if (life != c->life || c->state == CLIENT_LEFT) return;
    if (c->with != NULL && c->token[0] == '\0') { /* joins when the other one is seated */
        if (c->with->conversation[0] == '\0') {
            sim_after(w, SIM_SECOND, call, c, c->life);
            return;
        }
        memcpy(c->token, c->with->token, sizeof c->token);
        memcpy(c->conversation, c->with->conversation, sizeof c->conversation);
    }
    write_call(c, json, sizeof json);
    c->life++;
    c->state = CLIENT_CALLING;
    c->called_ns = w->now_ns;
    c->conn = sim_server_connect(c->server, json, &chat_ear, c);
    if (c->conn < 0) return away(c);
    if (c->mood != SIM_MUTE) sim_after(w, PATIENCE_NS, on_silence, c, c->life);
}

/* ---- life ---- */

struct sim_client *sim_client_new(struct sim_world *w, struct sim_server *server, int tenant, int index,
                                  enum sim_mood mood, size_t messages, const struct sim_habits *habits,
                                  struct sim_client *with, uint64_t start_ns)
{
    struct sim_client *c = mem_zalloc(sizeof *c);
    c->world = w;
    c->server = server;
    c->with = with;
    c->habits = *habits;
    c->mood = mood;
    c->tenant = tenant;
    c->post_conn = -1;
    snprintf(c->mark, sizeof c->mark, "t%dc%d", tenant, index);
    c->count = sim_talk_write(w, mood, c->mark, messages, c->said);
    sim_after(w, sim_between(w, 0, start_ns), call, c, 0);
    return c;
}

void sim_client_free(struct sim_client *c)
{
    for (int i = 0; i < SEEN_MAX; i++) mem_free(c->frame[i]);
    mem_free(c);
}

void sim_client_calm(struct sim_client *c)
{
    c->habits.hang_up = c->habits.twice = c->habits.post = c->habits.hasty = 0;
}

void sim_client_leave(struct sim_client *c)
{
    if (c->state != CLIENT_AWAY && c->state != CLIENT_LEFT) sim_server_hang_up(c->server, c->conn, false);
    c->state = CLIENT_LEFT;
    c->life++;
}

bool sim_client_done(const struct sim_client *c)
{
    if (c->mood == SIM_MUTE) return true;
    for (size_t i = 0; i < c->count; i++)
        if (!settled(&c->said[i])) return false;
    return c->state == CLIENT_SEATED;
}

enum sim_mood sim_client_mood(const struct sim_client *c) { return c->mood; }
int sim_client_tenant(const struct sim_client *c) { return c->tenant; }
const char *sim_client_mark(const struct sim_client *c) { return c->mark; }
const char *sim_client_conversation(const struct sim_client *c) { return c->conversation; }
bool sim_client_joined(const struct sim_client *c) { return c->with != NULL; }
int64_t sim_client_seen(const struct sim_client *c) { return c->seen; }
bool sim_client_in_order(const struct sim_client *c) { return !c->habits.may_overtake; }

const struct sim_said *sim_client_said(const struct sim_client *c, size_t *count)
{
    *count = c->count;
    return c->said;
}

const char *sim_client_frame(const struct sim_client *c, int64_t seq)
{
    return seq > 0 && seq < SEEN_MAX ? c->frame[seq] : NULL;
}
