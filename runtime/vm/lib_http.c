/* host.http: requests to the outside, checked and bounded by runtime/out.
 * The turn waits for all of them and gets a list of rows:
 * { status, headers, body, ms, cut } or, without an answer, { code, error, ms }.
 * Requests of one key or one order wait for each other within the call; one
 * that was not begun (start, stop: out/request.h) has the code "limit". */
#include <string.h>

#include "out/guard.h"
#include "out/request.h"
#include "vm/chain.h"
#include "vm/internal.h"
#include "vm/stream_call.h"

#define TIMEOUT_MS 15000
#define BODY_BYTES 65536

static struct out_text text_field(lua_State *L, int table, const char *name, const char *fallback)
{
    struct out_text t = {fallback, strlen(fallback)};
    lua_getfield(L, table, name); // ... value: stays, so that the text does
    if (lua_isnil(L, -1)) return t;
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "http: '%s' must be a text", name);
    t.data = lua_tolstring(L, -1, &t.len);
    return t;
}

static int32_t int_field(lua_State *L, int table, const char *name, int32_t fallback, int32_t max)
{
    lua_getfield(L, table, name);
    lua_Integer n = luaL_optinteger(L, -1, fallback);
    lua_pop(L, 1);
    if (n < 0 || n > max) luaL_error(L, "http: '%s' must be from 0 to %d", name, max);
    return (int32_t)n;
}

static void add_request(lua_State *L, int table, struct buf *out)
{
    luaL_checktype(L, table, LUA_TTABLE);
    luaL_checkstack(L, 10, "requests");
    struct out_request r = {.method = text_field(L, table, "method", "GET"),
                            .url = text_field(L, table, "url", ""),
                            .headers = text_field(L, table, "headers", ""),
                            .body = text_field(L, table, "body", ""),
                            .key = text_field(L, table, "key", ""),
                            .order = text_field(L, table, "order", ""),
                            .timeout_ms = int_field(L, table, "timeout", TIMEOUT_MS, OUT_TIMEOUT_MAX_MS),
                            .body_max = int_field(L, table, "limit", BODY_BYTES, OUT_BODY_MAX),
                            .redirects = int_field(L, table, "redirects", 0, OUT_REDIRECTS_MAX),
                            .at_once = int_field(L, table, "at_once", OUT_KEY_MAX, OUT_KEY_MAX),
                            .start_ms = int_field(L, table, "start", 0, OUT_TIMEOUT_MAX_MS),
                            .stop = int_field(L, table, "stop", 0, 1)};
    if (strspn(r.method.data, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != r.method.len || r.method.len > 16)
        luaL_error(L, "http: no such method");
    if (memchr(r.headers.data, '\r', r.headers.len) || memchr(r.headers.data, '\0', r.headers.len))
        luaL_error(L, "http: a header may not contain line breaks");
    if (r.timeout_ms == 0) r.timeout_ms = 1;
    out_request_add(out, &r);
}

/* http{ {url=...}, ... }. What the turn has written is committed before: an
 * answer may take long, and what it causes outside cannot be taken back. */
static int l_http(lua_State *L)
{
    struct vm_turn *t = vm_state_of(L)->turn;
    if (t == NULL) return luaL_error(L, "this host function works only inside a turn");
    if (t->writes.len > 0) return luaL_error(L, "http: commit first");
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 1);
    luaL_argcheck(L, n >= 1 && n <= OUT_REQUESTS_MAX, 1, "1 to 64 requests");
    buf_reset(&t->wait_args);
    for (lua_Integer i = 1; i <= n; i++) {
        lua_rawgeti(L, 1, i); // list request
        add_request(L, 2, &t->wait_args);
        lua_settop(L, 1);
    }
    if (t->wait_args.len > TURN_EFFECTS_MAX) return luaL_error(L, "http: at most 1 MiB at once");
    t->wait = WAIT_HTTP;
    return vm_wait(L);
}

static struct vm_turn *streaming_turn(lua_State *L)
{
    struct vm_turn *t = vm_state_of(L)->turn;
    if (t == NULL) luaL_error(L, "this host function works only inside a turn");
    if (t->writes.len > 0) luaL_error(L, "stream: commit first");
    buf_reset(&t->wait_args);
    t->wait = WAIT_STREAM;
    return t;
}

static int call_stream(lua_State *L, struct vm_turn *t, struct stream_call call)
{
    buf_add(&t->wait_args, &call, sizeof call);
    return vm_wait(L);
}

/* stream_open{ url=..., wait=ms, delay=ms }: one row { kind, a, b, n }: "stream" (a: headers, n: status),
 * "answer" when it is no stream of events (b: the body, too), or "failed" (a: code, b: why). */
static int l_stream_open(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    struct vm_turn *t = streaming_turn(L);
    struct stream_call call = {.op = STREAM_OPEN,
                               .wait_ms = int_field(L, 1, "wait", TIMEOUT_MS, OUT_TIMEOUT_MAX_MS),
                               .delay_ms = int_field(L, 1, "delay", 0, OUT_TIMEOUT_MAX_MS)};
    buf_add(&t->wait_args, &call, sizeof call);
    add_request(L, 1, &t->wait_args);
    if (t->wait_args.len > TURN_EFFECTS_MAX) return luaL_error(L, "stream: at most 1 MiB");
    return vm_wait(L);
}

/* stream_next(ms): rows that have come, at least one: "event" (a: its type, b: its data), at the
 * end "end" or "failed" (a: code, b: why). */
static int l_stream_next(lua_State *L)
{
    lua_Integer ms = luaL_checkinteger(L, 1);
    luaL_argcheck(L, ms >= 1 && ms <= OUT_TIMEOUT_MAX_MS, 1, "1 to 120000 ms");
    return call_stream(L, streaming_turn(L), (struct stream_call){.op = STREAM_NEXT, .wait_ms = (int32_t)ms});
}

static int l_stream_close(lua_State *L)
{
    return call_stream(L, streaming_turn(L), (struct stream_call){.op = STREAM_CLOSE});
}

/* check_url(url): nil when it may be called as far as its text tells, else why not. */
static int l_check_url(lua_State *L)
{
    size_t n;
    const char *url = luaL_checklstring(L, 1, &n), *why = NULL;
    const struct guard *guard = vm_state_of(L)->config->guard;
    struct guard strict;
    if (guard == NULL) {
        guard_init(&strict);
        guard = &strict;
    }
    if (guard_url(guard, url, n, &why) == ERR_OK) return lua_pushnil(L), 1;
    return lua_pushstring(L, why), 1;
}

static const luaL_Reg functions[] = {{"http", l_http},
                                     {"check_url", l_check_url},
                                     {"stream_open", l_stream_open},
                                     {"stream_next", l_stream_next},
                                     {"stream_close", l_stream_close},
                                     {NULL, NULL}};

void vm_http_open(lua_State *L) { luaL_setfuncs(L, functions, 0); } // host
