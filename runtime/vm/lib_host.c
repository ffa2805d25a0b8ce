/* host.*: time, randomness, ids, signatures, log, files of the bundle. Only
 * platform scripts can reach this table; bundles get what prelude/ hands on. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "base/log.h"
#include "base/zone.h"
#include "vm/bundle.h"
#include "vm/internal.h"

static int l_now(lua_State *L) { return lua_pushinteger(L, clock_wall_ms(vm_state_of(L)->config->clock)), 1; }

static int l_mono(lua_State *L)
{
    return lua_pushinteger(L, (lua_Integer)(clock_mono_ns(vm_state_of(L)->config->clock) / 1000000)), 1;
}

static int l_rfc3339(lua_State *L)
{
    char text[CLOCK_RFC3339_LEN];
    clock_rfc3339(luaL_checkinteger(L, 1), text);
    return lua_pushlstring(L, text, sizeof text - 1), 1;
}

static int l_random(lua_State *L)
{
    char bytes[256];
    lua_Integer n = luaL_checkinteger(L, 1);
    luaL_argcheck(L, n >= 1 && n <= (lua_Integer)sizeof bytes, 1, "1 to 256 bytes");
    clock_random(vm_state_of(L)->config->clock, bytes, (size_t)n);
    lua_pushlstring(L, bytes, (size_t)n);
    return 1;
}

static int l_new_id(lua_State *L)
{
    size_t n;
    char id[ID_MAX];
    const char *prefix = luaL_checklstring(L, 1, &n);
    luaL_argcheck(L, n >= 1 && n <= 4, 1, "a prefix of 1 to 4 letters");
    id_new(id, prefix, vm_state_of(L)->config->clock);
    return lua_pushstring(L, id), 1;
}

/* Key = HMAC-SHA256(secret, purpose NUL tenant), so a signature made for one
 * purpose or tenant says nothing to another. MAC = HMAC-SHA256(key, text),
 * base64url without padding (43 characters). */
#define MAC_TEXT_LEN 43

static void sign(lua_State *L, char out[MAC_TEXT_LEN + 1]) // purpose at 1, text at 2
{
    struct vm_state *s = vm_state_of(L);
    size_t purpose_len, text_len;
    const char *purpose = luaL_checklstring(L, 1, &purpose_len), *text = luaL_checklstring(L, 2, &text_len);
    luaL_argcheck(L, purpose_len <= 64, 1, "at most 64 bytes");
    unsigned char info[64 + 1 + sizeof s->tenant], key[32], mac[33], encoded[64];
    memcpy(info, purpose, purpose_len);
    info[purpose_len] = '\0';
    memcpy(info + purpose_len + 1, &s->tenant, sizeof s->tenant);
    HMAC(EVP_sha256(), s->config->secret, VM_SECRET_LEN, info, purpose_len + 1 + sizeof s->tenant, key, NULL);
    HMAC(EVP_sha256(), key, sizeof key, (const unsigned char *)text, text_len, mac, NULL);
    EVP_EncodeBlock(encoded, mac, 32);
    for (int i = 0; i < MAC_TEXT_LEN; i++) {
        char c = (char)encoded[i];
        out[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    out[MAC_TEXT_LEN] = '\0';
}

static int l_sign(lua_State *L)
{
    char mac[MAC_TEXT_LEN + 1];
    sign(L, mac);
    return lua_pushstring(L, mac), 1;
}

static int l_verify(lua_State *L)
{
    size_t n;
    char mac[MAC_TEXT_LEN + 1];
    const char *given = luaL_checklstring(L, 3, &n);
    sign(L, mac);
    lua_pushboolean(L, n == MAC_TEXT_LEN && CRYPTO_memcmp(mac, given, MAC_TEXT_LEN) == 0);
    return 1;
}

/* Of a text without a secret, in hex: for keys that are looked up by their hash. */
static int l_sha256(lua_State *L)
{
    size_t n;
    unsigned char digest[32];
    char hex[2 * sizeof digest + 1];
    const char *text = luaL_checklstring(L, 1, &n);
    if (EVP_Digest(text, n, digest, NULL, EVP_sha256(), NULL) != 1) return luaL_error(L, "no SHA-256");
    for (size_t i = 0; i < sizeof digest; i++) snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return lua_pushlstring(L, hex, sizeof hex - 1), 1;
}

#define LOG_FIELDS_MAX 8
#define LOG_LINES_MAX 100  /* of one turn; those of a minute: vm/log_quota.h */
#define LOG_BYTES_MAX 2000 /* of one message */

static int l_log(lua_State *L)
{
    static const char *const names[] = {"debug", "info", "warn", "error", NULL};
    struct log_field field[LOG_FIELDS_MAX + 1];
    size_t n = 0;
    int level = luaL_checkoption(L, 1, "info", names);
    size_t len;
    const char *message = luaL_checklstring(L, 2, &len);
    if (len > LOG_BYTES_MAX) message = lua_pushlstring(L, message, LOG_BYTES_MAX);
    struct vm_state *s = vm_state_of(L);
    uint32_t lines = ++*(s->turn != NULL ? &s->turn->log_lines : &s->log_lines);
    if (lines > LOG_LINES_MAX) return log_quota_leave_out(s), 0;
    if (!log_quota_admits(s)) return 0;
    field[n++] = LOG_INT("tenant", vm_state_of(L)->tenant);
    if (lua_type(L, 3) == LUA_TTABLE) {
        for (lua_pushnil(L); lua_next(L, 3); lua_pop(L, 1)) {
            if (n > LOG_FIELDS_MAX || lua_type(L, -2) != LUA_TSTRING) continue;
            const char *key = lua_tostring(L, -2);
            if (lua_isinteger(L, -1))
                field[n++] = LOG_INT(key, lua_tointeger(L, -1));
            else if (lua_type(L, -1) == LUA_TSTRING)
                field[n++] = LOG_STR(key, lua_tostring(L, -1));
        }
    }
    log_fields((enum log_level)level, message, field, n);
    return 0;
}

/* A script failed and its visitor was told: for the operator's count of errors. */
static int l_fault(lua_State *L)
{
    vm_state_of(L)->faults++;
    return 0;
}

static int l_setting(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    const struct vm_setting *at = vm_state_of(L)->config->settings;
    for (; at != NULL && at->name != NULL; at++)
        if (strcmp(at->name, name) == 0) return lua_pushstring(L, at->value), 1;
    return lua_pushnil(L), 1;
}

/* ---- files and compiling ---- */

/* The bundle of a host table travels with it: a turn that began before a
 * reload goes on loading the files of its own version, and the bundle's
 * memory goes with the last closure that can reach it. */
#define BUNDLE_TYPE "azentiko.bundle"

static struct bundle *bundle_of(lua_State *L)
{
    struct bundle **held = lua_touserdata(L, lua_upvalueindex(1));
    return *held;
}

static int l_bundle_gc(lua_State *L)
{
    struct bundle **held = lua_touserdata(L, 1);
    bundle_release(*held);
    *held = NULL;
    return 0;
}

static void push_bundle(lua_State *L, struct bundle *b)
{
    struct bundle **held = lua_newuserdatauv(L, sizeof(void *), 0);
    *held = NULL;
    if (luaL_newmetatable(L, BUNDLE_TYPE)) {
        lua_pushcfunction(L, l_bundle_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    *held = bundle_retain(b);
}

static int set_env(lua_State *L, int env) // function at the top
{
    if (lua_isnoneornil(L, env)) return 1;
    luaL_checktype(L, env, LUA_TTABLE);
    lua_pushvalue(L, env);
    if (lua_setupvalue(L, -2, 1) == NULL) lua_pop(L, 1); /* a file without globals has no _ENV */
    return 1;
}

static int l_load(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    lua_settop(L, 2); /* path env */
    const struct bundle_file *f = bundle_find(bundle_of(L), path);
    char name[520];
    if (f == NULL)
        return lua_pushnil(L), lua_pushfstring(L, "no file '%s'", path), lua_pushliteral(L, "not_found"), 3;
    snprintf(name, sizeof name, "=%s", path);
    if (luaL_loadbufferx(L, f->code, f->code_len, name, "b") != LUA_OK) return lua_error(L);
    return set_env(L, 2);
}

/* CPU time of one file where files are checked; one of 64 KiB takes 2 ms. The
 * parser cannot be paused, and some texts (nested functions with many names,
 * long chains of elseif) take it 150 ms, which must not happen to a worker. */
#define COMPILE_NS (20000000ull * AZK_SLOWNESS)

static int l_compile(lua_State *L)
{
    size_t n;
    char name[520];
    snprintf(name, sizeof name, "=%s", luaL_checkstring(L, 1));
    const char *source = luaL_checklstring(L, 2, &n);
    lua_settop(L, 3); /* name source env */
    luaL_argcheck(L, n <= BUNDLE_FILE_BYTES_MAX, 2, "at most 1 MiB");
    uint64_t before = clock_thread_cpu_ns();
    if (luaL_loadbufferx(L, source, n, name, "t") != LUA_OK) {
        lua_pushnil(L);
        lua_insert(L, -2);
        return lua_pushliteral(L, "invalid"), 3;
    }
    if (vm_state_of(L)->turn == NULL && clock_thread_cpu_ns() - before > COMPILE_NS) {
        lua_pushnil(L);
        lua_pushfstring(L, "%s:1: takes too long to compile: nest less, or make several files of it",
                        name + 1);
        return lua_pushliteral(L, "invalid"), 3;
    }
    return set_env(L, 3);
}

/* whole(f, ...): f runs without being preempted (a call from C cannot yield),
 * still under the budget of its turn. For code that leaves shared tables of
 * the state half-built in between, such as a module being loaded. */
static int l_whole(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
    return lua_gettop(L);
}

static int l_may_wait(lua_State *L)
{
    return lua_pushboolean(L, lua_isyieldable(L) && vm_state_of(L)->nested == 0), 1;
}

/* weak(): a table that does not keep its values alive: a cache of what others
 * hold. For the platform only; scripts get no weak tables. */
static int l_weak(lua_State *L)
{
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "v");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    return 1;
}

static int l_files(lua_State *L)
{
    size_t n;
    const char *prefix = luaL_optlstring(L, 1, "", &n);
    struct bundle *b = bundle_of(L);
    lua_newtable(L);
    for (size_t i = 0, at = 1; i < bundle_count(b); i++) {
        const char *path = bundle_at(b, i)->path;
        if (strncmp(path, prefix, n) != 0) continue;
        lua_pushstring(L, path);
        lua_rawseti(L, -2, (lua_Integer)at++);
    }
    return 1;
}

static int l_source(lua_State *L)
{
    const struct bundle_file *f = bundle_find(bundle_of(L), luaL_checkstring(L, 1));
    if (f == NULL) return lua_pushnil(L), 1;
    return lua_pushlstring(L, f->text, f->text_len), 1;
}

/* ---- time zones ---- */

static int l_zone_offset(lua_State *L)
{
    int minutes;
    const char *zone = luaL_checkstring(L, 1);
    lua_Integer wall_ms = luaL_checkinteger(L, 2);
    if (zone_offset(zone, wall_ms / 1000, &minutes) != ERR_OK) return lua_pushnil(L), 1;
    return lua_pushinteger(L, minutes), 1;
}

static const luaL_Reg functions[] = {
    {"now", l_now},       {"mono", l_mono},         {"rfc3339", l_rfc3339}, {"random", l_random},
    {"new_id", l_new_id}, {"sign", l_sign},         {"verify", l_verify},   {"log", l_log},
    {"sha256", l_sha256}, {"fault", l_fault},       {"setting", l_setting}, {"compile", l_compile},
    {"whole", l_whole},   {"may_wait", l_may_wait}, {"weak", l_weak},       {"zone_offset", l_zone_offset},
    {NULL, NULL},
};

static const luaL_Reg files[] = {{"load", l_load}, {"files", l_files}, {"source", l_source}, {NULL, NULL}};

void vm_host_open(lua_State *L) // host
{
    struct vm_state *s = vm_state_of(L);
    luaL_setfuncs(L, functions, 0);
    push_bundle(L, s->bundle);
    luaL_setfuncs(L, files, 1);
    lua_pushinteger(L, s->tenant);
    lua_setfield(L, -2, "tenant");
    lua_pushstring(L, bundle_version(s->bundle));
    lua_setfield(L, -2, "version");
}
