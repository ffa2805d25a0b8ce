/* host.*: what a turn may do. Each function checks its arguments and appends
 * to the turn's buffers (vm/turn.h); those that wait end in lua_yield and get
 * their results from the engine's resume. */
#include <string.h>

#include "base/utf8.h"
#include "store/encode.h"
#include "store/statements.h"
#include "vm/chain.h"
#include "vm/internal.h"

#define FRAMES_MAX 500 /* that one turn may send */

static int over(lua_State *L, enum vm_limit limit, const char *text)
{
    vm_state_of(L)->limits[limit]++;
    return luaL_error(L, "%s", text);
}

static struct vm_turn *turn_of(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    struct vm_turn *t = s->turn;
    if (t == NULL) luaL_error(L, "this host function works only inside a turn");
    if (++t->calls > s->allowed.host_calls) {
        s->limits[VM_LIMIT_CALLS]++;
        luaL_error(L, "a turn may call the host at most %d times", (int)s->allowed.host_calls);
    }
    return t;
}

static void count_frame(lua_State *L, struct vm_turn *t)
{
    if (++t->frames > FRAMES_MAX) over(L, VM_LIMIT_OUTPUT, "a turn may send at most 500 messages");
}

static int too_much(lua_State *L) { return over(L, VM_LIMIT_OUTPUT, "a turn may put out at most 1 MiB"); }

static void set_text(lua_State *L, struct effect *e, int slot, int index)
{
    size_t n;
    e->text[slot].data = luaL_checklstring(L, index, &n);
    e->text[slot].len = n > TURN_EFFECTS_MAX ? TURN_EFFECTS_MAX : (uint32_t)n;
}

static void set_opt_text(lua_State *L, struct effect *e, int slot, int index)
{
    if (!lua_isnoneornil(L, index)) set_text(L, e, slot, index);
}

static int add(lua_State *L, const struct effect *e)
{
    struct vm_turn *t = turn_of(L);
    if (e->kind == EFFECT_EMIT || e->kind == EFFECT_EMIT_TO || e->kind == EFFECT_SIGNAL) count_frame(L, t);
    if (!effect_add(&t->effects, e)) return too_much(L);
    return 0;
}

/* ---- statements ---- */

static uint16_t statement_id(lua_State *L) // name at 1, cache table as upvalue
{
    luaL_checktype(L, 1, LUA_TSTRING);
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNUMBER) {
        uint16_t id = (uint16_t)lua_tointeger(L, -1);
        lua_pop(L, 1);
        return id;
    }
    lua_pop(L, 1);
    size_t n;
    const char *name = lua_tolstring(L, 1, &n);
    uint16_t id = statement_find(name, n);
    if (id == STATEMENT_NONE) luaL_error(L, "unknown statement '%s'", name);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, id);
    lua_rawset(L, lua_upvalueindex(1));
    return id;
}

static void encode_argument(lua_State *L, int index, struct buf *b)
{
    size_t n;
    const char *s;
    switch (lua_type(L, index)) {
    case LUA_TNIL: encode_null(b); break;
    case LUA_TBOOLEAN: encode_int(b, lua_toboolean(L, index)); break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            encode_int(b, lua_tointeger(L, index));
        else
            encode_real(b, lua_tonumber(L, index));
        break;
    default: s = lua_tolstring(L, index, &n); encode_text(b, s, n);
    }
}

static void encode_call(lua_State *L, struct buf *b)
{
    uint16_t id = statement_id(L);
    const struct statement *st = statement_get(id);
    int n = lua_gettop(L) - 1;
    if (n != st->params)
        luaL_error(L, "statement '%s' takes %d values, not %d", st->name, (int)st->params, n);
    for (int i = 2; i <= n + 1; i++) {
        int type = lua_type(L, i);
        if (type != LUA_TNIL && type != LUA_TBOOLEAN && type != LUA_TNUMBER && type != LUA_TSTRING)
            luaL_error(L, "statement '%s', value %d: a %s cannot be stored", st->name, i - 1,
                       luaL_typename(L, i));
    }
    encode_statement(b, id, (uint8_t)n);
    for (int i = 2; i <= n + 1; i++) encode_argument(L, i, b);
}

static int l_write(lua_State *L)
{
    struct vm_turn *t = turn_of(L);
    encode_call(L, &t->writes);
    t->write_count++;
    if (t->writes.len > TURN_WRITES_MAX) return luaL_error(L, "a turn may write at most 1 MiB");
    return 0;
}

static int l_query(lua_State *L)
{
    struct vm_turn *t = turn_of(L);
    buf_reset(&t->wait_args);
    encode_call(L, &t->wait_args);
    t->wait = WAIT_QUERY;
    return vm_wait(L);
}

static int l_commit(lua_State *L)
{
    turn_of(L)->wait = WAIT_COMMIT;
    return vm_wait(L);
}

static int l_park(lua_State *L)
{
    turn_of(L)->wait = WAIT_PARK;
    return vm_wait(L);
}

static int l_abandon(lua_State *L)
{
    turn_of(L)->wait = WAIT_ABANDON;
    return vm_wait(L);
}

/* ---- frames and sessions ---- */

static int l_emit(lua_State *L)
{
    struct effect e = {.kind = EFFECT_EMIT, .number = luaL_optinteger(L, 2, -1)};
    set_text(L, &e, 0, 1);
    return add(L, &e);
}

static int l_emit_to(lua_State *L)
{
    struct effect e = {
        .kind = EFFECT_EMIT_TO, .session = luaL_checkinteger(L, 1), .number = luaL_optinteger(L, 3, -1)};
    set_text(L, &e, 0, 2);
    return add(L, &e);
}

/* Adds what one % of a template stands for, from the argument at index; NULL
 * or what is wrong with it. Raises nothing: the effect is half written. */
static const char *fill(lua_State *L, struct buf *b, char kind, int index)
{
    size_t len;
    char at[CLOCK_RFC3339_LEN];
    bool number = kind == 'd' || kind == 't';
    if (!number && kind != 's' && kind != 'q') return "a template knows %d, %s, %q and %t";
    if (number ? !lua_isinteger(L, index) : lua_type(L, index) != LUA_TSTRING) return "of the wrong type";
    const char *text = number ? NULL : lua_tolstring(L, index, &len);
    if (kind == 'd') {
        buf_int(b, lua_tointeger(L, index));
    } else if (kind == 's') {
        buf_add(b, text, len);
    } else if (kind == 'q') {
        if (!utf8_valid(text, len)) return "not valid UTF-8";
        buf_json(b, text, len);
    } else {
        clock_rfc3339(lua_tointeger(L, index), at);
        buf_char(b, '"'), buf_add(b, at, sizeof at - 1), buf_char(b, '"');
    }
    return NULL;
}

/* emit_as(session or nil, id or nil, template, ...): one frame, written where
 * it is sent from. In the template %d is an integer, %s a text as it is, %q a
 * text as JSON has it, %t a time (ms) as JSON text. On the path of every
 * message: no Lua string is built, hashed and collected for it. */
static int l_emit_as(lua_State *L)
{
    struct vm_turn *t = turn_of(L);
    struct effect e = {.kind = lua_isnil(L, 1) ? EFFECT_EMIT : EFFECT_EMIT_TO,
                       .session = luaL_optinteger(L, 1, 0),
                       .number = luaL_optinteger(L, 2, -1)};
    size_t len;
    const char *at = luaL_checklstring(L, 3, &len), *end = at + len, *mark;
    struct buf *b = &t->effects;
    count_frame(L, t);
    size_t start = effect_begin(b, &e);
    for (int arg = 4; (mark = memchr(at, '%', (size_t)(end - at))) != NULL; arg++, at = mark + 2) {
        buf_add(b, at, (size_t)(mark - at));
        const char *wrong = fill(L, b, mark[1], arg);
        if (wrong != NULL) return b->len = start, luaL_argerror(L, arg, wrong);
    }
    buf_add(b, at, (size_t)(end - at));
    if (!effect_end(b, start)) return too_much(L);
    return 0;
}

/* texts(value, name, ...): the fields of a decoded object that are texts, nil
 * for each that is none; nil for all when value is no table. */
static int l_texts(lua_State *L)
{
    int n = lua_gettop(L);
    bool table = lua_type(L, 1) == LUA_TTABLE;
    for (int i = 2; i <= n; i++) {
        lua_pushvalue(L, i);
        if (table && lua_rawget(L, 1) == LUA_TSTRING) continue;
        lua_pop(L, 1);
        lua_pushnil(L);
    }
    return n - 1;
}

static int l_signal(lua_State *L)
{
    struct effect e = {.kind = EFFECT_SIGNAL, .session = luaL_optinteger(L, 2, 0)};
    set_text(L, &e, 0, 1);
    return add(L, &e);
}

static int l_session_count(lua_State *L) { return lua_pushinteger(L, turn_of(L)->session_count), 1; }

/* The table of the actor whose turn this is: true across preemption, where a
 * variable of a module would be another turn's. */
static int l_self(lua_State *L) { return lua_rawgeti(L, LUA_REGISTRYINDEX, turn_of(L)->self), 1; }

/* What the session was seated with, while its actor has stored nothing yet. */
static int l_meta(lua_State *L)
{
    struct vm_turn *t = turn_of(L);
    size_t n = 0;
    const char *text = t->meta ? t->meta(t->meta_ctx, luaL_checkinteger(L, 1), &n) : NULL;
    if (text == NULL)
        lua_pushnil(L);
    else
        lua_pushlstring(L, text, n);
    return 1;
}

static int l_bind(lua_State *L)
{
    struct effect e = {.kind = EFFECT_BIND, .session = luaL_checkinteger(L, 1)};
    set_text(L, &e, 0, 2);
    set_text(L, &e, 1, 3);
    set_opt_text(L, &e, 2, 4);
    return add(L, &e);
}

static int l_close(lua_State *L)
{
    struct effect e = {
        .kind = EFFECT_CLOSE, .session = luaL_checkinteger(L, 1), .number = luaL_optinteger(L, 2, 1000)};
    set_opt_text(L, &e, 0, 3);
    return add(L, &e);
}

/* ---- actors ---- */

static void mail(lua_State *L, struct effect *e) // kind key payload
{
    set_text(L, e, 0, 1);
    set_text(L, e, 1, 2);
    set_text(L, e, 2, 3);
}

static int l_send(lua_State *L)
{
    struct effect e = {.kind = EFFECT_SEND};
    mail(L, &e);
    return add(L, &e);
}

static int l_ask(lua_State *L)
{
    struct vm_turn *t = turn_of(L);
    struct effect e = {.kind = EFFECT_SEND};
    mail(L, &e);
    lua_Integer ms = luaL_checkinteger(L, 4);
    luaL_argcheck(L, ms >= 1 && ms <= 120000, 4, "a time-out of 1 to 120000 ms");
    buf_reset(&t->wait_args);
    if (!effect_add(&t->wait_args, &e)) return luaL_error(L, "an ask may carry at most 1 MiB");
    t->wait = WAIT_ASK;
    t->wait_ms = ms;
    return vm_wait(L);
}

/* study(request): the result, or nil, message, code. It takes long, so what
 * the turn has written is committed before. */
static int l_study(lua_State *L)
{
    size_t n;
    struct vm_turn *t = turn_of(L);
    const char *text = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, n <= TURN_EFFECTS_MAX, 1, "at most 1 MiB");
    if (t->writes.len > 0) return luaL_error(L, "study: commit first");
    buf_reset(&t->wait_args);
    buf_add(&t->wait_args, text, n);
    t->wait = WAIT_STUDY;
    return vm_wait(L);
}

/* mail(to, message): a JSON text { verdict, status, ms, error } (out/smtp.h), or nil, message, code where
 * there is no mail. It takes long and cannot be taken back, so commit first. */
static int l_mail(lua_State *L)
{
    size_t to_len, n;
    struct vm_turn *t = turn_of(L);
    const char *to = luaL_checklstring(L, 1, &to_len), *text = luaL_checklstring(L, 2, &n);
    luaL_argcheck(L, n + to_len <= TURN_EFFECTS_MAX, 2, "at most 1 MiB");
    if (t->writes.len > 0) return luaL_error(L, "mail: commit first");
    buf_reset(&t->wait_args);
    buf_i64(&t->wait_args, (int64_t)to_len);
    buf_add(&t->wait_args, to, to_len);
    buf_add(&t->wait_args, text, n);
    t->wait = WAIT_MAIL;
    return vm_wait(L);
}

static int l_answer(lua_State *L)
{
    struct effect e = {.kind = EFFECT_ANSWER, .session = luaL_checkinteger(L, 1)};
    set_text(L, &e, 0, 2);
    return add(L, &e);
}

#define TIMER_MS_MAX (366LL * 24 * 3600 * 1000)

static int l_timer(lua_State *L)
{
    struct effect e = {.kind = EFFECT_TIMER, .number = luaL_optinteger(L, 2, -1)};
    set_text(L, &e, 0, 1);
    luaL_argcheck(L, e.text[0].len >= 1 && e.text[0].len <= 31, 1, "a name of 1 to 31 bytes");
    luaL_argcheck(L, e.number <= TIMER_MS_MAX, 2, "at most a year");
    return add(L, &e);
}

static int l_stop(lua_State *L)
{
    struct effect e = {.kind = EFFECT_STOP};
    return add(L, &e);
}

/* ---- HTTP ---- */

static void check_header(lua_State *L, const char *s, size_t n)
{
    if (memchr(s, '\n', n) || memchr(s, '\r', n) || memchr(s, '\0', n))
        luaL_error(L, "a header may not contain line breaks");
}

static int l_respond(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    struct effect e = {
        .kind = EFFECT_RESPOND, .session = luaL_checkinteger(L, 1), .number = luaL_checkinteger(L, 2)};
    luaL_argcheck(L, e.number >= 200 && e.number <= 599, 2, "a status of 200 to 599");
    buf_reset(&s->scratch);
    if (!lua_isnoneornil(L, 3)) {
        luaL_checktype(L, 3, LUA_TTABLE);
        for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
            if (lua_type(L, -2) != LUA_TSTRING || !lua_isstring(L, -1))
                return luaL_error(L, "headers: names and texts only");
            size_t n, m;
            const char *name = lua_tolstring(L, -2, &n), *value = lua_tolstring(L, -1, &m);
            check_header(L, name, n);
            check_header(L, value, m);
            buf_add(&s->scratch, name, n);
            buf_str(&s->scratch, ": ");
            buf_add(&s->scratch, value, m);
            buf_char(&s->scratch, '\n');
        }
    }
    e.text[0].data = s->scratch.data;
    e.text[0].len = (uint32_t)s->scratch.len;
    set_opt_text(L, &e, 1, 4);
    return add(L, &e);
}

static int seat(lua_State *L, enum effect_kind kind)
{
    if (!turn_of(L)->system) return luaL_error(L, "only the system state may name a tenant");
    struct effect e = {.kind = kind, .session = luaL_checkinteger(L, 1), .number = luaL_checkinteger(L, 2)};
    set_text(L, &e, 0, 3);
    set_text(L, &e, 1, 4);
    set_opt_text(L, &e, 2, 5);
    return add(L, &e);
}

/* post(tenant, kind, key, payload): a mail to any tenant's actor. A full
 * mailbox refuses it, so whoever posts keeps what must not get lost. */
static int l_post(lua_State *L)
{
    if (!turn_of(L)->system) return luaL_error(L, "only the system state may name a tenant");
    struct effect e = {.kind = EFFECT_POST, .number = luaL_checkinteger(L, 1)};
    set_text(L, &e, 0, 2);
    set_text(L, &e, 1, 3);
    set_text(L, &e, 2, 4);
    return add(L, &e);
}

/* usage() -> CPU time of the turn so far in microseconds, bytes of the state: for traces. */
static int l_usage(lua_State *L)
{
    struct vm_state *s = vm_state_of(L);
    turn_of(L);
    lua_pushinteger(L, (lua_Integer)(vm_preempt_turn_cpu(s) / 1000));
    return lua_pushinteger(L, (lua_Integer)vm_state_memory(s)), 2;
}

static int l_wake(lua_State *L)
{
    struct effect e = {.kind = EFFECT_WAKE};
    return add(L, &e);
}

static int l_upgrade(lua_State *L) { return seat(L, EFFECT_UPGRADE); }
static int l_stream(lua_State *L) { return seat(L, EFFECT_STREAM); }
static int l_forward(lua_State *L) { return seat(L, EFFECT_FORWARD); }

static const luaL_Reg statements[] = {{"write", l_write}, {"query", l_query}, {NULL, NULL}};

static const luaL_Reg functions[] = {
    {"commit", l_commit},   {"park", l_park},       {"abandon", l_abandon},
    {"emit", l_emit},       {"emit_to", l_emit_to}, {"emit_as", l_emit_as},
    {"texts", l_texts},     {"signal", l_signal},   {"session_count", l_session_count},
    {"self", l_self},       {"meta", l_meta},       {"bind", l_bind},
    {"close", l_close},     {"send", l_send},       {"ask", l_ask},
    {"answer", l_answer},   {"timer", l_timer},     {"stop", l_stop},
    {"respond", l_respond}, {"upgrade", l_upgrade}, {"stream", l_stream},
    {"forward", l_forward}, {"post", l_post},       {"wake", l_wake},
    {"study", l_study},     {"mail", l_mail},       {"usage", l_usage},
    {NULL, NULL},
};

void vm_turn_open(lua_State *L) // host
{
    luaL_setfuncs(L, functions, 0);
    lua_newtable(L); // host cache
    luaL_setfuncs(L, statements, 1);
}
