#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on
/* The engine with a small prelude of its own, a frozen clock and a store that
 * answers when the test says so: asks, commits half-way, timers, failures. */
#include "actor/engine.h"
#include "base/embed.h"
#include "base/log.h"
#include "base/mem.h"
#include "store/store.h"
#include "vm/bundle.h"

#define MS 1000000ull

static uint64_t mono = 1000 * MS;
static int64_t fake_wall(struct clock *c) { return (void)c, 1700000000000; }
static uint64_t fake_mono(struct clock *c) { return (void)c, mono; }
static void fake_random(struct clock *c, void *out, size_t len) { (void)c, memset(out, 7, len); }
static struct clock frozen = {fake_wall, fake_mono, fake_random};

/* ---- the world: what was sent, what waits for the store ---- */

static struct engine *engine;
static struct store_job *waiting[1200];
static int waiting_count;
static char heard[16384]; /* frames and closes, each with a bar behind it */

static void quiet(const char *line, size_t len) { (void)line, (void)len; }

static void hear(const char *text, size_t len)
{
    size_t n = strlen(heard);
    snprintf(heard + n, sizeof heard - n, "%.*s|", (int)len, text);
}

static void op_submit(void *ctx, struct store_job *job)
{
    (void)ctx;
    assert_true(waiting_count < 1200);
    waiting[waiting_count++] = job;
}

static void op_send(void *ctx, struct peer to, const char *text, size_t len, int64_t id)
{
    (void)ctx, (void)to, (void)id;
    hear(text, len);
}

static void op_flush(void *ctx, struct peer to) { (void)ctx, (void)to; }
static void op_signal(void *ctx, struct peer to, const char *text, size_t len)
{
    op_send(ctx, to, text, len, -1);
}

static void op_close(void *ctx, struct peer to, int code, const char *reason, size_t len)
{
    char text[32];
    (void)ctx, (void)to, (void)reason, (void)len;
    hear(text, (size_t)snprintf(text, sizeof text, "close %d", code));
}

static void op_respond(void *ctx, struct peer to, int status, const char *headers, size_t headers_len,
                       const char *body, size_t body_len)
{
    (void)ctx, (void)to, (void)status, (void)headers, (void)headers_len;
    hear(body, body_len);
}

static void op_problem(void *ctx, struct peer to, int status, const char *code, const char *detail)
{
    char text[32];
    (void)ctx, (void)to, (void)code, (void)detail;
    hear(text, (size_t)snprintf(text, sizeof text, "problem %d", status));
}

static void op_seat(void *ctx, struct peer from, enum peer_mode mode, int64_t tenant, const char *kind,
                    size_t kind_len, const char *key, size_t key_len, const char *text, size_t len)
{
    (void)ctx;
    from.mode = (uint8_t)mode;
    engine_seat(engine, from, tenant, kind, kind_len, key, key_len, text, len);
}

static const struct engine_ops ops = {.submit = op_submit,
                                      .send = op_send,
                                      .flush = op_flush,
                                      .signal = op_signal,
                                      .close = op_close,
                                      .respond = op_respond,
                                      .problem = op_problem,
                                      .seat = op_seat};

static void run(void)
{
    while (engine_run(engine, 1000 * MS)) {
    }
}

/* The store answers the oldest job. */
static void answer(int status)
{
    struct store_job *job = waiting[0];
    assert_true(waiting_count > 0);
    memmove(waiting, waiting + 1, (size_t)--waiting_count * sizeof *waiting);
    job->status = status;
    engine_job_done(engine, job);
    run();
}

static const char prelude[] =
    "local host = ...\n"
    "local act = {}\n"
    "function act.echo(self, s) host.emit_to(s, 'echo') end\n"
    "function act.write(self, s) host.write('store.ping') host.emit_to(s, 'written') end\n"
    "function act.half(self, s) host.emit_to(s, 'first') host.write('store.ping')\n"
    "  local ok = host.commit() host.emit_to(s, 'second ' .. tostring(ok)) end\n"
    "function act.ask(self, s) local a, m, c = host.ask('helper', 'h', 'question', 1000)\n"
    "  host.emit_to(s, tostring(a) .. ' ' .. tostring(c)) end\n"
    "function act.askdeaf(self, s) local a, m, c = host.ask('deaf', 'd', 'question', 1000)\n"
    "  host.emit_to(s, tostring(a) .. ' ' .. tostring(c)) end\n"
    "function act.timer(self, s) self.s = s host.timer('tick', 500) host.timer('tock', 200) end\n"
    "function act.raise() error('broken') end\n"
    "function act.count(self, s) self.n = (self.n or 0) + 1 host.emit_to(s, 'n' .. self.n) end\n"
    "function act.park(self, s) host.emit_to(s, 'day?') local _, s2, day = host.park()\n"
    "  host.emit_to(s2, 'day ' .. day) end\n"
    "function act.theft(self, s) host.emit_to(s + 1, 'not mine') host.emit_to(s, 'done') end\n"
    "local function deliver(self, kind, a, b, c, d)\n"
    "  if kind == 'frame' then return act[b](self, a) end\n"
    "  if kind == 'timer' then return host.emit_to(self.s, a) end\n"
    "  if kind == 'mail' and self.kind == 'helper' then return host.answer(b, 'answer to ' .. a) end\n"
    "  if kind == 'failed' and a then host.emit_to(a, 'failed ' .. b .. ' ' .. c .. ' ' .. d) end\n"
    "  if kind == 'post' then host.respond(a, 200, nil, 'posted ' .. b) end\n"
    "end\n"
    "return { deliver = deliver, check = function() end,\n"
    "  activate = function(kind, key) return { kind = kind, key = key } end }\n";

static int setup(void **state)
{
    (void)state;
    char why[256];
    struct bundle *b;
    static struct store_port port;
    struct embedded_file files[] = {{"prelude/init.lua", prelude, prelude + sizeof prelude - 1},
                                    {NULL, NULL, NULL}};
    if (bundle_from_embedded(files, &b, why, sizeof why) != ERR_OK) fail_msg("%s", why);
    struct engine_config config = {
        .vm = {.memory_cap = 8u << 20, .turn_budget_ns = 1000 * MS, .clock = &frozen},
        .passivate_ns = 60000 * MS,
        .unload_ns = 600000 * MS,
        .parked_max = 100,
        .port = &port};
    log_set_sink(quiet);
    waiting_count = 0;
    heard[0] = '\0';
    engine = engine_new(&config, &ops, NULL);
    engine_set_bundle(engine, b);
    bundle_release(b);
    run();
    while (waiting_count > 0) answer(ERR_OK); /* the library keeps the bundle */
    heard[0] = '\0';
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_free(engine);
    for (int i = 0; i < waiting_count; i++) store_job_free(waiting[i]);
    log_set_sink(NULL);
    return 0;
}

static int64_t seat(int64_t tenant, const char *key)
{
    struct peer p = {1, 1, 0, PEER_WEBSOCKET};
    int64_t session = engine_seat(engine, p, tenant, "talk", 4, key, strlen(key), "", 0);
    assert_true(session > 0);
    run();
    return session;
}

static void say(int64_t session, const char *text)
{
    engine_frame(engine, session, text, strlen(text));
    run();
}

static void expect(const char *text)
{
    assert_string_equal(heard, text);
    heard[0] = '\0';
}

/* ---- tests ---- */

static void nothing_is_heard_before_the_commit(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "write");
    expect("");
    say(s, "echo"); /* waits its turn */
    expect("");
    answer(ERR_OK);
    expect("written|echo|");
}

static void a_failed_commit_is_told_and_the_actor_starts_anew(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "count");
    say(s, "write");
    answer(ERR_UNAVAILABLE);
    say(s, "count");
    expect("n1|failed unavailable frame write|n1|");
}

static void half_way_shows_what_it_committed(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "half");
    expect("");
    answer(ERR_OK);
    expect("first|second true|");
}

static void an_ask_is_answered_or_times_out(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "ask");
    expect("answer to question nil|");
    say(s, "askdeaf");
    expect("");
    mono += 999 * MS;
    engine_tick(engine);
    run();
    expect("");
    mono += 2 * MS;
    engine_tick(engine);
    run();
    expect("nil timeout|");
    assert_true(engine_quiet(engine));
}

static void timers_fire_in_order_and_once(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "timer");
    say(s, "timer"); /* the same names: set anew */
    mono += 10000 * MS;
    engine_tick(engine);
    run();
    expect("tock|tick|");
    mono += 10000 * MS;
    engine_tick(engine);
    run();
    expect("");
}

static void five_failures_park_and_a_minute_heals(void **state)
{
    (void)state;
    int64_t s = seat(5, "a"), other = seat(5, "b");
    for (int i = 0; i < 4; i++) say(s, "raise");
    expect("failed internal frame raise|failed internal frame raise|failed internal frame raise|failed "
           "internal frame raise|");
    say(s, "raise");
    assert_non_null(strstr(heard, "close 1013|"));
    heard[0] = '\0';
    say(other, "echo");
    expect("echo|");
    mono += 61000 * MS;
    engine_tick(engine);
    s = seat(5, "a");
    say(s, "echo");
    expect("echo|");
}

static void a_dialog_survives_in_memory_until_passivation(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "park");
    expect("day?|");
    say(s, "monday");
    expect("day monday|");
    say(s, "count");
    mono += 61000 * MS;
    engine_tick(engine);
    struct engine_stats stats;
    engine_stats(engine, &stats);
    assert_int_equal(stats.actors_live, 0);
    assert_int_equal(stats.sessions, 1); /* the visitor is still connected */
    say(s, "count");
    expect("n1|n1|");
}

static void a_full_mailbox_closes_its_sender_only(void **state)
{
    (void)state;
    int64_t s = seat(5, "a"), other = seat(5, "b");
    say(s, "write"); /* commits: the mailbox fills behind it */
    for (int i = 0; i < 70; i++) engine_frame(engine, s, "echo", 4);
    assert_non_null(strstr(heard, "close 1013|"));
    heard[0] = '\0';
    say(other, "echo");
    expect("echo|");
}

static void sessions_of_others_are_out_of_reach(void **state)
{
    (void)state;
    int64_t mine = seat(5, "a");
    seat(6, "a"); /* the next slot: another tenant's */
    say(mine, "theft");
    expect("done|");
    engine_frame(engine, mine + 12345, "echo", 4); /* no such session: nothing */
    run();
    expect("");
}

static void a_rush_waits_as_mail_and_keeps_nobody_away(void **state)
{
    (void)state;
    enum { RUSH = 1100, AT_THE_STORE = 1024 };
    static int64_t many[RUSH];
    for (int i = 0; i < RUSH; i++) {
        char key[8];
        snprintf(key, sizeof key, "k%d", i);
        many[i] = seat(5, key);
    }
    int64_t other = seat(6, "a");
    for (int i = 0; i < RUSH; i++) engine_frame(engine, many[i], "write", 5);
    engine_frame(engine, other, "write", 5);
    run();
    assert_int_equal(waiting_count, AT_THE_STORE);
    for (int i = 0; i < 3; i++) answer(ERR_OK);
    bool begun = false;
    for (int i = 0; i < waiting_count; i++) begun = begun || waiting[i]->tenant == 6;
    assert_true(begun); /* long before the rush of tenant 5 is over */
    while (waiting_count > 0) answer(ERR_OK);
    int written = 0;
    for (const char *at = heard; (at = strstr(at, "written|")) != NULL; at++) written++;
    assert_int_equal(written, RUSH + 1);
    assert_true(engine_quiet(engine));
}

static void a_crash_of_the_engine_leaves_nothing_behind(void **state)
{
    (void)state;
    int64_t s = seat(5, "a");
    say(s, "write");
    say(s, "park");
    /* engine_free in teardown, with a job in flight and mail waiting: ASan watches */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_is_heard_before_the_commit, setup, teardown),
        cmocka_unit_test_setup_teardown(a_failed_commit_is_told_and_the_actor_starts_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(half_way_shows_what_it_committed, setup, teardown),
        cmocka_unit_test_setup_teardown(an_ask_is_answered_or_times_out, setup, teardown),
        cmocka_unit_test_setup_teardown(timers_fire_in_order_and_once, setup, teardown),
        cmocka_unit_test_setup_teardown(five_failures_park_and_a_minute_heals, setup, teardown),
        cmocka_unit_test_setup_teardown(a_dialog_survives_in_memory_until_passivation, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_mailbox_closes_its_sender_only, setup, teardown),
        cmocka_unit_test_setup_teardown(sessions_of_others_are_out_of_reach, setup, teardown),
        cmocka_unit_test_setup_teardown(a_rush_waits_as_mail_and_keeps_nobody_away, setup, teardown),
        cmocka_unit_test_setup_teardown(a_crash_of_the_engine_leaves_nothing_behind, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
