#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

/* The VM with small preludes of its own: what scripts can and cannot do, and
 * what a turn's outcome is. */
#include <pthread.h>
#include <time.h>

#include "base/embed.h"
#include "base/mem.h"
#include "store/encode.h"
#include "vm/bundle.h"
#include "vm/deliver.h"
#include "vm/preempt.h"
#include "vm/state.h"

#define MEMORY_CAP (8u << 20)
#define BUDGET_NS 20000000

static struct vm_config config;
static struct vm_state *vm;
static struct vm_turn turn;
static char error_text[512];

/* A prelude whose deliver is the given code; self.out is what it leaves. */
static struct bundle *prelude(const char *code)
{
    static char text[8192];
    snprintf(text, sizeof text,
             "local host = ...\nlocal out = {}\n"
             "return { activate = function(kind, key) return { kind = kind, key = key } end,\n"
             "check = function() return nil end,\n"
             "provision = function(t) host.emit(t) end,\n"
             "deliver = function(self, kind, a, b, c) %s end }",
             code);
    struct embedded_file files[] = {{"prelude/init.lua", text, text + strlen(text)}, {NULL, NULL, NULL}};
    struct bundle *b = NULL;
    if (bundle_from_embedded(files, &b, error_text, sizeof error_text) != ERR_OK) fail_msg("%s", error_text);
    return b;
}

static void open_vm(const char *code)
{
    struct bundle *b = prelude(code);
    vm = vm_state_new(&config, 7);
    if (vm_state_boot(vm, b, error_text, sizeof error_text) != ERR_OK) fail_msg("%s", error_text);
    bundle_release(b);
    vm_turn_init(&turn);
}

static void close_vm(void)
{
    vm_turn_deinit(&turn);
    vm_state_free(vm);
}

static enum vm_outcome deliver(struct vm_fiber **fiber, const char *kind, const char *text)
{
    int self;
    assert_int_equal(vm_activate(vm, "test", "key", &self), ERR_OK);
    struct vm_value v[] = {{.type = VM_TEXT, .text = kind, .len = strlen(kind)},
                           {.type = VM_TEXT, .text = text, .len = strlen(text)}};
    struct vm_fiber *f = vm_fiber_take(vm);
    enum vm_outcome outcome = vm_start(vm, f, &turn, self, v, 2);
    if (fiber != NULL) *fiber = f;
    vm_deactivate(vm, self);
    return outcome;
}

/* Runs code as one turn and gives the first text that it emits. */
static const char *run(const char *code)
{
    static char text[2048];
    struct effect f;
    size_t at = 0;
    open_vm(code);
    enum vm_outcome outcome = deliver(NULL, "frame", "hello");
    if (outcome == VM_DONE && effect_next(&turn.effects, &at, &f))
        snprintf(text, sizeof text, "%.*s", (int)f.text[0].len, f.text[0].data);
    else
        snprintf(text, sizeof text, "%s", outcome == VM_DONE ? "" : vm_error(vm));
    close_vm();
    return text;
}

#define EVALUATES(expression, expected) \
    assert_string_equal(run("host.emit(tostring(" expression "))"), expected)

static void no_library_function_loops_without_end(void **state)
{
    (void)state;
    config.memory_cap = 64u << 20;
    EVALUATES("#string.rep('', 1 << 62)", "0");
    EVALUATES("#string.rep('ab', 3, '-')", "8");
    const char *refused[] = {
        "table.move({}, 1, 1 << 60, 2)",
        "table.move({}, -(1 << 62), 1 << 62, 1)",
        "table.insert(setmetatable({}, { __len = function() return 1 << 53 end }), 1, 1)",
        "table.remove(setmetatable({}, { __len = function() return 1 << 53 end }), 1)",
        "table.sort(setmetatable({}, { __len = function() return 1 << 30 end }), function() end)",
        "table.concat(setmetatable({}, { __len = function() return 1 << 53 end }))",
        "string.rep('x', 1 << 40)",
        "string.rep('x', 1 << 62, 'y')",
        "table.unpack({}, 1, 1 << 40)",
        "table.concat({}, 'x', 1, 1 << 40)",
        "string.find(('a'):rep(40), ('a?'):rep(40) .. ('a'):rep(40))",
        "string.find((' '):rep(1 << 20) .. 'x', '%s+$')",
        "string.find(('('):rep(1 << 20), '%b()')",
        "string.gsub(('x'):rep(1 << 20), '.', ('y'):rep(100))",
        "string.gsub(('x'):rep(1 << 20), '.', string.upper)",
        "string.format(('%s'):rep(9), table.unpack({('x'):rep(1 << 19), ('x'):rep(1 << 20), ('x'):rep(1 << "
        "20), "
        "('x'):rep(1 << 20), ('x'):rep(1 << 20), ('x'):rep(1 << 20)}))",
        "string.pack('c' .. (1 << 30), '')",
        "string.unpack(('b'):rep(100000), ('x'):rep(100000))",
        "coroutine.yield()",
    };
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char code[400];
        snprintf(code, sizeof code, "host.emit(tostring((pcall(function() %s end))))", refused[i]);
        if (strcmp(run(code), "false") != 0) fail_msg("not refused: %s", refused[i]);
    }
    config.memory_cap = MEMORY_CAP;
    assert_string_equal(
        run("local t = { 1, 2, 3 } table.insert(t, 1, 'a') table.insert(t, pcall) table.remove(t)"
            "host.emit(table.concat(table.move(t, 1, 3, 1, {}), ','))"),
        "a,1,2");
}

/* Whole numbers that fall on one place of a hash part of some size: making it
 * would take seconds, in one instruction. */
static void keys_that_collide_stall_nothing(void **state)
{
    (void)state;
    config.memory_cap = 64u << 20;
    config.turn_budget_ns = 5000000000u;
    EVALUATES("pcall(function() local t = {} for i = 1, 8192 do t['k' .. i] = i end end)", "true");
    assert_string_equal(run("local t = {} local ok, why = pcall(function() "
                            "for i = 1, 100000 do t[i * 65535] = true end end) "
                            "host.emit(why)"),
                        "prelude/init.lua:6: more than 8192 keys in one table that are no list positions");
    EVALUATES("#table.pack(pcall(function() local t = {} for i = 1, 300000 do t[i] = i end end))", "1");
    EVALUATES("#(('x'):rep(3 << 17) .. table.concat({('y'):rep(3 << 18)}))",
              "1179648"); /* as large as hash parts */
    const char *walks[] = {"pairs(t)", "next(t, 8191)", "assert(json.encode(t))"};
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        char code[300];
        snprintf(code, sizeof code,
                 "local t, ok, why = {} for i = 1, 8192 do t[i * 8191] = true end "
                 "ok, why = pcall(function() return %s end) host.emit(tostring(why))",
                 walks[i]);
        const char *why = run(code);
        if (strstr(why, "collide") == NULL && strstr(why, "neither a name") == NULL)
            fail_msg("%s: %s", walks[i], why);
    }
    config.memory_cap = MEMORY_CAP;
    config.turn_budget_ns = BUDGET_NS;
}

static void no_chain_stalls_the_server(void **state)
{
    (void)state;
    const char *why;
    EVALUATES("select(2, pcall(setmetatable, {}, { __call = setmetatable({}, { __call = pcall }) }))",
              "'__call' must be a function");
    why = run("local mt = {} local t = setmetatable({}, mt) mt.__call = pcall");
    assert_non_null(strstr(why, "'__call' must be there before the table is a metatable"));
    why = run("local mt = {} local t = setmetatable({}, mt) rawset(mt, '__call', pcall)");
    assert_non_null(strstr(why, "'__call' must be there before the table is a metatable"));
    assert_string_equal(run("local mt = { __call = function() return 'first' end, __index = { a = 'b' } } "
                            "local t = setmetatable({}, mt) mt.__call = setmetatable({}, mt) "
                            "host.emit(t() .. t.a .. tostring(getmetatable(t) == mt) .. "
                            "tostring(pcall(setmetatable, t, getmetatable(t))))"),
                        "firstbtruefalse");
    EVALUATES("select(2, pcall(table.concat, (function() local t = {} for i = 1, 20001 do t[i] = i / 2 end "
              "return t end)()))",
              "too many numbers to join");
    why = run("local function f(n) if n == 0 then pcall(error) else f(n - 1) end return 1 end f(5000)");
    assert_non_null(strstr(why, "pcall too deep in a recursion"));
    EVALUATES("(function() local function f(n) if n == 0 then return pcall(error) end return (f(n - 1)) end "
              "return f(1000) end)()",
              "false");
}

/* Deep in a recursion there is room for the call of host.query, but none for
 * the names of many columns: an error of the turn, not of the process. */
static void answer_without_room_on_the_stack_is_an_error(void **state)
{
    (void)state;
    struct vm_fiber *f;
    struct buf rows;
    struct vm_value v = {.type = VM_ROWS, .rows = &rows};
    buf_init(&rows);
    rows_begin(&rows, 60);
    for (int i = 0; i < 60; i++) rows_column(&rows, "column");
    config.memory_cap = 0;
    config.turn_budget_ns = 5000000000u;
    open_vm("local n, limit = 0, -1 "
            "local function f() n = n + 1 if n == limit then host.query('tenant.list', '', 1) else f() end "
            "return 1 end "
            "pcall(f) n, limit = 0, n - 40 f()");
    enum vm_outcome asked = deliver(&f, "frame", "x");
    if (asked != VM_WAIT) print_message("%s\n", vm_error(vm));
    enum vm_outcome answered = asked == VM_WAIT ? vm_resume(vm, f, &turn, &v, 1) : asked;
    close_vm();
    config.memory_cap = MEMORY_CAP;
    config.turn_budget_ns = BUDGET_NS;
    buf_deinit(&rows);
    assert_int_equal(asked, VM_WAIT);
    assert_int_equal(answered, VM_ERROR);
}

static void globals_are_an_allow_list(void **state)
{
    (void)state;
    const char *gone[] = {"io",
                          "os",
                          "package",
                          "require",
                          "debug",
                          "load",
                          "loadfile",
                          "dofile",
                          "collectgarbage",
                          "print",
                          "string.dump",
                          "math.random",
                          "math.randomseed",
                          "_G",
                          "warn",
                          "loadstring",
                          "coroutine.close",
                          "coroutine.running"};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++) {
        char code[100];
        snprintf(code, sizeof code, "host.emit(tostring(%s))", gone[i]);
        assert_string_equal(run(code), "nil");
    }
    EVALUATES("getmetatable('').__index", "prelude/init.lua:6: attempt to index a boolean value");
    EVALUATES("(pcall(string.format, '%p', {}))", "false");
    EVALUATES("string.format('%s', {})", "table");
    EVALUATES("{}", "table"); /* no addresses */
    EVALUATES("pcall", "function");
}

static void metamethods_that_no_budget_stops_are_refused(void **state)
{
    (void)state;
    EVALUATES("pcall(setmetatable, {}, {__gc = true})", "false");
    EVALUATES("pcall(setmetatable, {}, {__mode = 'k'})", "false");
    EVALUATES("pcall(setmetatable, {}, {__close = 1})", "false");
    static const char *const later[] = {
        "local mt = {} setmetatable({}, mt) mt.__mode = 'k'",
        "local mt = {} setmetatable({}, mt) rawset(mt, '__mode', 'k')",
        "local mt = setmetatable({}, {__index = {}}) setmetatable({}, mt) mt.__close = 1",
        "local mt = {} setmetatable({}, mt) setmetatable(mt, nil) mt.__mode = 'k'",
        "local mt = {} setmetatable({}, mt) setmetatable(mt, {}) mt.__mode = 'k'",
        "local mt = {} setmetatable(mt, mt) mt.__gc = 1",
        "local mt = {} setmetatable({}, mt) setmetatable(mt, mt) mt.__gc = 1",
        ("local x = {__newindex = rawset} local m = setmetatable({}, x) setmetatable({}, m) "
         "x.__newindex = nil m.__gc = 1"),
        "local mt = {__mode = 'k'} mt.__mode = nil setmetatable({}, mt) mt.__mode = 'k'",
        "local mt = {} setmetatable({}, mt) json.array(mt) mt.__mode = 'k'",
        "local mt = json.array() setmetatable({}, mt) mt.__mode = 'k'",
    };
    for (size_t i = 0; i < sizeof later / sizeof *later; i++) {
        char code[400];
        snprintf(code, sizeof code, "host.emit(tostring((pcall(function() %s end))))", later[i]);
        if (strcmp(run(code), "false") != 0) fail_msg("not refused: %s", later[i]);
    }
    assert_string_equal(
        run("local class = {} class.__index = class local a = setmetatable({}, class) "
            "function class:name() return 'a' end class.__tostring = function() return 'A' end "
            "local sub = setmetatable({}, {__index = class, __call = function() return 'called' end}) "
            "sub.__index = sub local b = setmetatable({}, sub) "
            "host.emit(a:name() .. tostring(a) .. b:name() .. sub() .. tostring(getmetatable(a) == class) .. "
            "tostring(getmetatable(class)))"),
        "aAacalledtruenil");
    EVALUATES("getmetatable(setmetatable({}, {__index = {}})) ~= nil", "true");
}

static void pairs_has_a_fixed_order(void **state)
{
    (void)state;
    assert_string_equal(
        run("local t, s = {z=1, a=2, [3]=3, [1]=4, [true]=5, [2.5]=6, b=7}, '' "
            "for k, v in pairs(t) do s = s .. tostring(k) .. '=' .. v .. ' ' end host.emit(s)"),
        "1=4 2.5=6 3=3 a=2 b=7 z=1 true=5 ");
    assert_string_equal(
        run("local t = {a=1,b=2,c=3} for k in pairs(t) do t[k] = nil end host.emit(tostring(next(t)))"),
        "nil");
    EVALUATES("(pcall(pairs, {[{}] = 1}))", "false");
    EVALUATES("next({b=1, a=2})", "a");
    EVALUATES("next({b=1, a=2}, 'a')", "b");
}

static void json_keeps_what_lua_cjson_loses(void **state)
{
    (void)state;
    EVALUATES(
        "json.encode(json.decode('{\"b\":[],\"a\":{},\"n\":1,\"f\":1.5,\"w\":9007199254740993,\"z\":null}'))",
        "{\"a\":{},\"b\":[],\"f\":1.5,\"n\":1,\"w\":9007199254740993,\"z\":null}");
    EVALUATES("math.type(json.decode('[3]')[1])", "integer");
    EVALUATES("select(2, json.decode('{\"a\":1,\"a\":2}'))",
              "not valid JSON: the same name twice in an object");
    EVALUATES("select(2, json.decode('[\"\\xff\"]'))", "not valid JSON: not valid UTF-8");
    EVALUATES("json.encode(json.array())", "[]");
    EVALUATES("json.encode({})", "{}");
    EVALUATES("json.encode({1, 2, {x = 'y'}})", "[1,2,{\"x\":\"y\"}]");
    EVALUATES("select(2, json.encode({1, 2, x = 3}))",
              "cannot be written as JSON: a table mixes list and names, or has holes");
    EVALUATES("select(2, json.encode({f = pairs}))",
              "cannot be written as JSON: a function or another value that JSON has no form for");
    EVALUATES("select(2, json.encode(0/0))", "cannot be written as JSON: a number is not finite");
    EVALUATES("json.encode(0.1)", "0.1");
    EVALUATES("json.encode('\\0\\n\"')", "\"\\u0000\\u000a\\\"\"");
    assert_string_equal(run("local t = {} t.t = t host.emit((select(2, json.encode(t))))"),
                        "cannot be written as JSON: nested too deep");
}

static void frames_are_filled_from_templates(void **state)
{
    (void)state;
    assert_string_equal(
        run("host.emit_as(nil, 7, '{\"a\":%q,\"b\":%d,\"c\":%s,\"at\":%t}', 'say \"\\n\"', -5, '[1]', 0)"),
        "{\"a\":\"say \\\"\\u000a\\\"\",\"b\":-5,\"c\":[1],\"at\":\"1970-01-01T00:00:00.000Z\"}");
    /* what is refused leaves nothing of it behind */
    EVALUATES("pcall(host.emit_as, nil, nil, 'x%qy', '\xff')", "false");
    EVALUATES("pcall(host.emit_as, nil, nil, 'x%d', '5')", "false");
    EVALUATES("pcall(host.emit_as, nil, nil, 'x%s')", "false");
    EVALUATES("pcall(host.emit_as, nil, nil, 'x%z', 'a')", "false");
    EVALUATES("pcall(host.emit_as, nil, nil, 'x%', 'a')", "false");
}

static void texts_of_a_decoded_object(void **state)
{
    (void)state;
    EVALUATES("table.concat({host.texts({a='x', b='y'}, 'b', 'a')}, ' ')", "y x");
    EVALUATES("select('#', host.texts({}, 'a', 'b'))", "2");
    EVALUATES("host.texts({a=1}, 'a')", "nil");
    EVALUATES("host.texts('a', 'len')", "nil");
    EVALUATES("host.texts(setmetatable({}, {__index = {a='x'}}), 'a')", "nil");
}

static void a_json_message_comes_decoded_or_as_it_is(void **state)
{
    (void)state;
    const struct {
        const char *text, *type;
    } cases[] = {
        {"{\"a\":1}", "table"}, {"[]", "table"}, {"hello", "string"}, {"{\"a\":1,\"a\":1}", "string"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        open_vm("host.emit(type(b))");
        struct vm_value values[] = {{.type = VM_TEXT, .text = "frame", .len = 5},
                                    {.type = VM_INT, .integer = 9},
                                    {.type = VM_JSON, .text = cases[i].text, .len = strlen(cases[i].text)}};
        int self;
        assert_int_equal(vm_activate(vm, "conversation", "k", &self), ERR_OK);
        assert_int_equal(vm_start(vm, vm_fiber_take(vm), &turn, self, values, 3), VM_DONE);
        struct effect f;
        size_t at = 0;
        assert_int_equal(effect_next(&turn.effects, &at, &f), 1);
        assert_int_equal(f.text[0].len, strlen(cases[i].type));
        assert_memory_equal(f.text[0].data, cases[i].type, f.text[0].len);
        close_vm();
    }
}

static void signatures_belong_to_tenant_and_purpose(void **state)
{
    (void)state;
    char mine[64];
    EVALUATES("host.verify('visitor', 'vis_1', host.sign('visitor', 'vis_1'))", "true");
    EVALUATES("host.verify('other', 'vis_1', host.sign('visitor', 'vis_1'))", "false");
    EVALUATES("host.verify('visitor', 'vis_1', '')", "false");
    EVALUATES("#host.sign('visitor', 'x')", "43");
    snprintf(mine, sizeof mine, "%s", run("host.emit(host.sign('visitor', 'vis_1'))"));
    struct bundle *b = prelude("host.emit(host.sign('visitor', 'vis_1'))");
    vm = vm_state_new(&config, 8); /* another tenant */
    assert_int_equal(vm_state_boot(vm, b, error_text, sizeof error_text), ERR_OK);
    bundle_release(b);
    vm_turn_init(&turn);
    assert_int_equal(deliver(NULL, "frame", ""), VM_DONE);
    struct effect f;
    size_t at = 0;
    assert_int_equal(effect_next(&turn.effects, &at, &f), 1);
    assert_memory_not_equal(f.text[0].data, mine, 43);
    close_vm();
}

static void waits_are_told_and_results_come_back(void **state)
{
    (void)state;
    struct vm_fiber *f;
    open_vm(
        "local rows, message, code = host.query('store.ping') host.emit(tostring(rows) .. message .. code)"
        "local kind, x = host.park() host.emit(kind .. x)");
    assert_int_equal(deliver(&f, "frame", ""), VM_WAIT);
    assert_int_equal(turn.wait, WAIT_QUERY);
    struct vm_value failed[] = {{.type = VM_NIL},
                                {.type = VM_TEXT, .text = "away", .len = 4},
                                {.type = VM_TEXT, .text = "unavailable", .len = 11}};
    assert_int_equal(vm_resume(vm, f, &turn, failed, 3), VM_WAIT);
    assert_int_equal(turn.wait, WAIT_PARK);
    struct vm_value next[] = {{.type = VM_TEXT, .text = "frame", .len = 5}, {.type = VM_INT, .integer = 9}};
    assert_int_equal(vm_resume(vm, f, &turn, next, 2), VM_DONE);
    struct effect e;
    size_t at = 0;
    effect_next(&turn.effects, &at, &e);
    assert_memory_equal(e.text[0].data, "nilawayunavailable", 18);
    effect_next(&turn.effects, &at, &e);
    assert_memory_equal(e.text[0].data, "frame9", 6);
    close_vm();
}

static void memory_is_capped_and_the_state_lives_on(void **state)
{
    (void)state;
    open_vm("if a == 'bomb' then local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end "
            "host.emit('fine')");
    assert_int_equal(deliver(NULL, "frame", "bomb"), VM_KILLED);
    assert_string_equal(vm_error(vm), "prelude/init.lua:6: the turn has used up its memory");
    assert_true(vm_state_memory(vm) <= config.memory_cap);
    vm_turn_reset(&turn);
    assert_int_equal(deliver(NULL, "frame", "small"), VM_DONE);
    close_vm();
}

static void only_the_system_state_names_tenants(void **state)
{
    (void)state;
    assert_non_null(strstr(run("host.upgrade(1, 2, 'k', 'y')"), "only the system state may name a tenant"));
    assert_non_null(strstr(run("host.write('tenant.create', 1)"), "takes 5 values, not 1"));
    assert_non_null(strstr(run("host.write('no.such')"), "unknown statement 'no.such'"));
    assert_non_null(
        strstr(run("host.respond(1, 200, {['x-a'] = 'a\\r\\nb'})"), "may not contain line breaks"));
}

/* ---- budgets: a ticker as the watchdog's, only smaller ---- */

static struct preempt worker;
static _Atomic bool ticking;

static void *tick(void *arg)
{
    (void)arg;
    struct timespec ms = {0, 1000000};
    while (atomic_load(&ticking)) {
        uint32_t beat = atomic_load(&worker.beat);
        nanosleep(&ms, NULL);
        if (beat & 1) preempt_request(&worker, beat);
    }
    return NULL;
}

/* Resumes as the scheduler would until the turn ends. */
static enum vm_outcome run_to_end(const char *code, uint32_t *slices)
{
    pthread_t ticker;
    struct vm_fiber *f;
    preempt_attach(&worker);
    config.preempt = &worker;
    atomic_store(&ticking, true);
    pthread_create(&ticker, NULL, tick, NULL);
    open_vm(code);
    enum vm_outcome outcome = deliver(&f, "frame", "");
    while (outcome == VM_PREEMPTED) outcome = vm_resume(vm, f, &turn, NULL, 0);
    *slices = turn.slices;
    snprintf(error_text, sizeof error_text, "%s", outcome == VM_DONE ? "" : vm_error(vm));
    atomic_store(&ticking, false);
    pthread_join(ticker, NULL);
    close_vm();
    config.preempt = NULL;
    return outcome;
}

static void an_endless_loop_is_sliced_and_killed(void **state)
{
    (void)state;
    uint32_t slices;
    assert_int_equal(run_to_end("local n = 0 while true do n = n + 1 end", &slices), VM_KILLED);
    assert_true(slices > 3);
    assert_non_null(strstr(error_text, "prelude/init.lua:6"));
}

static void no_pcall_and_no_callback_hides_from_the_budget(void **state)
{
    (void)state;
    uint32_t slices;
    assert_int_equal(run_to_end("while true do pcall(function() while true do end end) end", &slices),
                     VM_KILLED);
    assert_int_equal(
        run_to_end("string.gsub(('x'):rep(100), '.', function() while true do end end)", &slices), VM_KILLED);
    assert_int_equal(
        run_to_end("tostring(setmetatable({}, {__tostring = function() coroutine.wrap(function() "
                   "while true do end end)() end}))",
                   &slices),
        VM_KILLED);
    assert_int_equal(
        run_to_end("local function f() coroutine.wrap(function() while true do f() end end)() end "
                   "while true do pcall(f) end",
                   &slices),
        VM_KILLED);
    assert_int_equal(
        run_to_end(
            "while true do pcall(table.sort, {3,2,1}, function() while true do pcall(error) end end) end",
            &slices),
        VM_KILLED);
}

/* A check runs without a ticker; what it is stopped in must be found again. */
static void what_used_up_the_time_is_named_by_its_line(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out);
    config.slice_instructions = 1000;
    open_vm("end,\nspin = function()\npcall(function()\nwhile true do end\nend)\nlocal after = 1");
    assert_int_equal(vm_state_call(vm, "spin", "", 0, &out), ERR_INVALID);
    assert_string_equal(buf_cstr(&out), "prelude/init.lua:9: the turn has used up its CPU time\n");
    config.slice_instructions = 0;
    buf_deinit(&out);
    close_vm();
}

static void a_long_turn_within_its_budget_ends_well(void **state)
{
    (void)state;
    uint32_t slices;
    uint64_t budget = config.turn_budget_ns;
    config.turn_budget_ns = 60000000000u;
    assert_int_equal(run_to_end("local n = 0 for i = 1, 2e6 do n = n + i % 3 end", &slices), VM_DONE);
    config.turn_budget_ns = budget;
}

static void a_boot_that_fails_keeps_the_old_scripts(void **state)
{
    (void)state;
    open_vm("host.emit('old')");
    const char text[] = "return { activate = 1 }";
    struct embedded_file files[] = {{"prelude/init.lua", text, text + sizeof text - 1}, {NULL, NULL, NULL}};
    struct bundle *b;
    assert_int_equal(bundle_from_embedded(files, &b, error_text, sizeof error_text), ERR_OK);
    assert_int_not_equal(vm_state_boot(vm, b, error_text, sizeof error_text), ERR_OK);
    bundle_release(b);
    assert_int_equal(deliver(NULL, "frame", ""), VM_DONE);
    close_vm();
}

/* A bundle of two files: a turn that waits, and what it loads afterwards. */
static struct bundle *loading(const char *module)
{
    static const char init[] = "local host = ...\n"
                               "return { activate = function() return {} end, check = function() end,\n"
                               "deliver = function() host.park() host.emit(host.load('lib/x.lua')()) end }";
    struct embedded_file files[] = {{"lib/x.lua", module, module + strlen(module)},
                                    {"prelude/init.lua", init, init + sizeof init - 1},
                                    {NULL, NULL, NULL}};
    struct bundle *b = NULL;
    if (bundle_from_embedded(files, &b, error_text, sizeof error_text) != ERR_OK) fail_msg("%s", error_text);
    return b;
}

static void a_turn_loads_the_files_it_began_with(void **state)
{
    (void)state;
    struct bundle *old = loading("return 'old'"), *new = loading("return 'new'");
    struct vm_fiber *f;
    struct effect e;
    size_t at = 0;
    vm = vm_state_new(&config, 7);
    vm_turn_init(&turn);
    assert_int_equal(vm_state_boot(vm, old, error_text, sizeof error_text), ERR_OK);
    bundle_release(old); /* the state and its host table keep it */
    assert_int_equal(deliver(&f, "frame", ""), VM_WAIT);
    assert_int_equal(vm_state_boot(vm, new, error_text, sizeof error_text), ERR_OK);
    bundle_release(new);
    if (vm_resume(vm, f, &turn, NULL, 0) != VM_DONE) fail_msg("%s", vm_error(vm));
    assert_int_equal(effect_next(&turn.effects, &at, &e), 1);
    assert_memory_equal(e.text[0].data, "old", 3);
    close_vm();
}

static void syntax_errors_name_file_and_line(void **state)
{
    (void)state;
    const char text[] = "return {\n  x = = 1\n}";
    struct embedded_file files[] = {{"commands/bad.lua", text, text + sizeof text - 1}, {NULL, NULL, NULL}};
    struct bundle *b;
    assert_int_equal(bundle_from_embedded(files, &b, error_text, sizeof error_text), ERR_INVALID);
    assert_non_null(strstr(error_text, "commands/bad.lua:2:"));
}

int main(void)
{
    config = (struct vm_config){.memory_cap = MEMORY_CAP, .turn_budget_ns = BUDGET_NS, .clock = clock_real()};
    memset(config.secret, 42, sizeof config.secret);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globals_are_an_allow_list),
        cmocka_unit_test(no_library_function_loops_without_end),
        cmocka_unit_test(answer_without_room_on_the_stack_is_an_error),
        cmocka_unit_test(metamethods_that_no_budget_stops_are_refused),
        cmocka_unit_test(pairs_has_a_fixed_order),
        cmocka_unit_test(json_keeps_what_lua_cjson_loses),
        cmocka_unit_test(frames_are_filled_from_templates),
        cmocka_unit_test(texts_of_a_decoded_object),
        cmocka_unit_test(a_json_message_comes_decoded_or_as_it_is),
        cmocka_unit_test(signatures_belong_to_tenant_and_purpose),
        cmocka_unit_test(waits_are_told_and_results_come_back),
        cmocka_unit_test(memory_is_capped_and_the_state_lives_on),
        cmocka_unit_test(only_the_system_state_names_tenants),
        cmocka_unit_test(an_endless_loop_is_sliced_and_killed),
        cmocka_unit_test(no_pcall_and_no_callback_hides_from_the_budget),
        cmocka_unit_test(keys_that_collide_stall_nothing),
        cmocka_unit_test(no_chain_stalls_the_server),
        cmocka_unit_test(what_used_up_the_time_is_named_by_its_line),
        cmocka_unit_test(a_long_turn_within_its_budget_ends_well),
        cmocka_unit_test(a_boot_that_fails_keeps_the_old_scripts),
        cmocka_unit_test(a_turn_loads_the_files_it_began_with),
        cmocka_unit_test(syntax_errors_name_file_and_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
