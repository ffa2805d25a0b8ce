/* Metatables without what no budget can stop: __gc runs with hooks off, __mode
 * lets chained weak tables stall the collector for seconds, __close runs
 * outside every account. A metatable that has one is refused, and so that none
 * can come later, each table that serves as a metatable gets a metatable of
 * its own, the guard: its __newindex sees every new field (a field that is
 * there cannot be one of the three). A metatable that had a metatable gets a
 * guard that does what that one did when the guard was made; getmetatable
 * shows the original.
 *
 * And without chains of __call: Lua follows one by moving all arguments up for
 * each link, in one instruction, which takes seconds for 100,000 of them. So a
 * __call is a function, and as no guard sees a field being replaced, a
 * metatable with __call serves as a copy that its script never gets. */
#include <string.h>

#include "vm/internal.h"
#include "vm/lib.h"

static const char guard_key, mark_key; /* registry key of the plain guard; mark of every guard */
static const char copy_key;            /* in a copy: its original */
static const char *const refused[] = {"__gc", "__mode", "__close"};

static bool is_refused(lua_State *L, int index)
{
    size_t len;
    if (lua_type(L, index) != LUA_TSTRING) return false;
    const char *name = lua_tolstring(L, index, &len);
    if (len < 4 || name[0] != '_' || name[1] != '_') return false;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(name, refused[i]) == 0) return true;
    return false;
}

static bool is_call(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TSTRING && strcmp(lua_tostring(L, index), "__call") == 0;
}

static int l_new_field(lua_State *L) // upvalue: what the original did with it, or nil
{
    if (is_refused(L, 2)) return luaL_error(L, "'%s' is not available here", lua_tostring(L, 2));
    if (is_call(L, 2)) return luaL_error(L, "'__call' must be there before the table is a metatable");
    int way = lua_type(L, lua_upvalueindex(1));
    lua_settop(L, 3);
    if (way == LUA_TNIL) return lua_rawset(L, 1), 0;
    lua_pushvalue(L, lua_upvalueindex(1));
    if (way == LUA_TFUNCTION) {
        lua_insert(L, 1);
        lua_call(L, 3, 0);
    } else {
        lua_replace(L, 1);
        lua_settable(L, 1);
    }
    return 0;
}

/* A table with the fields of the metatable at `of` that Lua asks for, but for __newindex. */
static void push_fields(lua_State *L, int of)
{
    static const char *const names[] = {
        "__index", "__call", "__tostring", "__name", "__metatable", "__pairs", "__len", "__concat", "__unm",
        "__bnot",  "__add",  "__sub",      "__mul",  "__div",       "__mod",   "__pow", "__idiv",   "__band",
        "__bor",   "__bxor", "__shl",      "__shr",  "__eq",        "__lt",    "__le",
    };
    lua_newtable(L);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lua_pushstring(L, names[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, of);
        lua_rawset(L, -3);
    }
}

/* A copy that serves instead of the metatable at `of`. */
static void push_copy(lua_State *L, int of)
{
    push_fields(L, of);
    lua_pushliteral(L, "__newindex");
    lua_pushvalue(L, -1);
    lua_rawget(L, of);
    lua_rawset(L, -3);
    lua_pushvalue(L, of);
    lua_rawsetp(L, -2, &copy_key);
}

/* Makes a guard that stands for the metatable at `of`, and leaves it at the top. */
static void push_guard(lua_State *L, int of)
{
    push_fields(L, of);
    lua_pushliteral(L, "__newindex");
    lua_pushvalue(L, -1);
    lua_rawget(L, of);
    lua_pushcclosure(L, l_new_field, 1);
    lua_rawset(L, -3);
    lua_pushvalue(L, of);
    lua_rawsetp(L, -2, &mark_key);
}

/* Has the metatable at the top, popped, the guard's mark? */
static bool is_guard(lua_State *L)
{
    bool yes = lua_rawgetp(L, -1, &mark_key) != LUA_TNIL;
    lua_pop(L, 2);
    return yes;
}

static bool is_guarded(lua_State *L, int t) { return lua_getmetatable(L, t) && is_guard(L); }

static void refuse_fields(lua_State *L, int mt)
{
    for (size_t i = 0; i < 3; i++) {
        lua_pushstring(L, refused[i]);
        if (lua_rawget(L, mt) != LUA_TNIL) luaL_error(L, "'%s' is not available here", refused[i]);
        lua_pop(L, 1);
    }
}

static bool has_call(lua_State *L, int mt)
{
    lua_pushliteral(L, "__call");
    int type = lua_rawget(L, mt);
    lua_pop(L, 1);
    if (type != LUA_TNIL && type != LUA_TFUNCTION) luaL_error(L, "'__call' must be a function");
    return type != LUA_TNIL;
}

/* The table at mt is to serve as a metatable. */
static void guard(lua_State *L, int mt)
{
    if (is_guarded(L, mt)) return;
    refuse_fields(L, mt);
    if (!lua_getmetatable(L, mt)) {
        lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
    } else {
        int of = lua_gettop(L);
        lua_pushliteral(L, "__metatable");
        if (lua_rawget(L, of) != LUA_TNIL) luaL_error(L, "a protected table cannot be a metatable");
        lua_pop(L, 1);
        push_guard(L, of);
    }
    lua_setmetatable(L, mt);
}

static int l_setmetatable(lua_State *L)
{
    int type = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    lua_settop(L, 2);
    bool callable = type == LUA_TTABLE && has_call(L, 2);
    if (callable)
        refuse_fields(L, 2);
    else if (type == LUA_TTABLE)
        guard(L, 2);
    if (is_guarded(L, 1)) { /* it serves as a metatable itself */
        if (type == LUA_TTABLE)
            push_guard(L, 2);
        else
            lua_rawgetp(L, LUA_REGISTRYINDEX, &guard_key);
        lua_replace(L, 2);
    } else if (callable) {
        push_copy(L, 2);
        lua_replace(L, 2);
    }
    lua_setmetatable(L, 1);
    return 1;
}

static int l_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    if (!lua_getmetatable(L, 1)) return lua_pushnil(L), 1;
    lua_pushliteral(L, "__metatable");
    if (lua_rawget(L, -2) != LUA_TNIL) return 1;
    lua_pop(L, 1); // mt
    if (lua_rawgetp(L, -1, &copy_key) != LUA_TNIL) return 1;
    lua_pop(L, 1);
    int type = lua_rawgetp(L, -1, &mark_key);
    if (type == LUA_TNIL) lua_pop(L, 1); /* no guard: itself */
    if (type == LUA_TBOOLEAN) lua_pushnil(L);
    return 1;
}

static int l_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    if (is_refused(L, 2)) return luaL_error(L, "'%s' is not available here", lua_tostring(L, 2));
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return luaL_error(L, "this table is read-only");
    if (is_call(L, 2) && is_guarded(L, 1))
        return luaL_error(L, "'__call' must be there before the table is a metatable");
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static const luaL_Reg functions[] = {
    {"setmetatable", l_setmetatable}, {"getmetatable", l_getmetatable}, {"rawset", l_rawset}, {NULL, NULL}};

void vm_meta_open(lua_State *L)
{
    luaL_setfuncs(L, functions, 0);
    lua_newtable(L);
    lua_pushnil(L);
    lua_pushcclosure(L, l_new_field, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushboolean(L, 1);
    lua_rawsetp(L, -2, &mark_key);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &guard_key);
}
