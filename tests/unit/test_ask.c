#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

/* The engine alone, with sockets that only remember what was sent. What many
 * actors do at once is the simulation's matter (tests/sim/). */
#include <time.h>

#include "actor/engine.h"
#include "base/clock.h"
#include "base/embed.h"
#include "vm/bundle.h"

static char sent[1000];

static void op_send(void *ctx, struct peer to, const char *text, size_t len, int64_t event_id)
{
    (void)ctx, (void)to, (void)event_id;
    size_t at = strlen(sent);
    snprintf(sent + at, sizeof sent - at, "%.*s;", (int)len, text);
}

static void op_flush(void *ctx, struct peer to) { (void)ctx, (void)to; }

static const struct engine_ops ops = {.send = op_send, .flush = op_flush};

/* "keeper" keeps the token of what it is asked until a frame tells it to
 * answer; "asker" asks whom a frame names, for so long as it says. */
static const char code[] =
    "local host = ... "
    "return { activate = function(kind) return { kind = kind } end, check = function() end, "
    "deliver = function(self, kind, a, b) "
    "  if self.kind == 'keeper' and kind == 'mail' then self.token = b "
    "  elseif self.kind == 'keeper' and kind == 'frame' then host.answer(self.token, 'late') "
    "  elseif self.kind == 'asker' and kind == 'frame' then "
    "    local answer, _, fault = host.ask('keeper', b, 'question', b == 'one' and 1 or 60000) "
    "    host.emit(answer or fault) "
    "  end end }";

static struct engine *open_engine(void)
{
    struct engine_config config = {.vm = {.turn_budget_ns = 100000000, .clock = clock_real()},
                                   .passivate_ns = UINT64_MAX / 2,
                                   .unload_ns = UINT64_MAX / 2};
    const struct embedded_file files[] = {{"prelude/init.lua", code, code + sizeof code - 1},
                                          {NULL, NULL, NULL}};
    struct bundle *b = NULL;
    char why[200];
    assert_int_equal(bundle_from_embedded(files, &b, why, sizeof why), ERR_OK);
    struct engine *e = engine_new(&config, &ops, NULL);
    engine_set_bundle(e, b);
    bundle_release(b);
    return e;
}

static int64_t seat(struct engine *e, uint32_t index, const char *kind, const char *key)
{
    struct peer p = {index, 1, 0, PEER_WEBSOCKET};
    return engine_seat(e, p, 7, kind, strlen(kind), key, strlen(key), "", 0);
}

static void frame(struct engine *e, int64_t session, const char *text)
{
    engine_frame(e, session, text, strlen(text));
    while (engine_run(e, 10000000)) {
    }
}

static void late_answer_is_not_taken_for_the_next(void **state)
{
    (void)state;
    struct engine *e = open_engine();
    int64_t asker = seat(e, 1, "asker", "a"), keeper = seat(e, 2, "keeper", "one");
    frame(e, asker, "one");
    nanosleep(&(struct timespec){.tv_nsec = 3000000}, NULL);
    engine_tick(e);
    while (engine_run(e, 10000000)) {
    }
    assert_string_equal(sent, "timeout;");
    frame(e, asker, "two"); /* asks somebody else, who has not answered yet */
    frame(e, keeper, "now");
    assert_string_equal(sent, "timeout;");
    engine_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(late_answer_is_not_taken_for_the_next)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
