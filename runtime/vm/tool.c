/* See tool.h. A tool's state is a state like others without prelude, bundle
 * and budgets. */
#include "vm/tool.h"

#include <stdio.h>
#include <string.h>

#include "vm/internal.h"

static const struct vm_config config; /* no cap, no slices */

/* ---- require "runtime.play.page" ---- */

static const struct embedded_file *find(const struct embedded_file *files, const char *path)
{
    for (; files->name != NULL; files++)
        if (strcmp(files->name, path) == 0) return files;
    return NULL;
}

static void load(lua_State *L, const struct embedded_file *files, const char *path) // pushes the chunk
{
    char name[256];
    const struct embedded_file *f = find(files, path);
    if (f == NULL) luaL_error(L, "no file '%s'", path);
    snprintf(name, sizeof name, "=%s", path);
    if (luaL_loadbufferx(L, f->data, (size_t)(f->end - f->data), name, "t") != LUA_OK) lua_error(L);
}

static int l_require(lua_State *L) // upvalues: files, modules
{
    const char *name = luaL_checkstring(L, 1);
    if (lua_getfield(L, lua_upvalueindex(2), name) != LUA_TNIL) return 1;
    luaL_gsub(L, name, ".", "/");
    lua_pushliteral(L, ".lua");
    lua_concat(L, 2); // name nil path
    load(L, lua_touserdata(L, lua_upvalueindex(1)), lua_tostring(L, -1));
    lua_call(L, 0, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, lua_upvalueindex(2), name);
    return 1;
}

static void push_require(lua_State *L, const struct embedded_file *files)
{
    lua_pushlightuserdata(L, (void *)(uintptr_t)files);
    lua_newtable(L); // files modules
    lua_getglobal(L, "json");
    lua_setfield(L, -2, "json");
    lua_pushcclosure(L, l_require, 2);
    lua_setglobal(L, "require");
}

/* ---- the tool's functions ---- */

static int l_function(lua_State *L) // upvalues: function, ctx
{
    size_t len;
    const struct vm_tool_function *f = lua_touserdata(L, lua_upvalueindex(1));
    const char *text = luaL_optlstring(L, 1, "", &len);
    struct buf *out = vm_state_scratch(vm_state_of(L)); /* the state's: survives a raise */
    buf_reset(out);
    int err = f->call(lua_touserdata(L, lua_upvalueindex(2)), text, len, out);
    lua_pushlstring(L, out->data ? out->data : "", out->len);
    return err == ERR_OK ? 1 : lua_error(L);
}

static void push_functions(lua_State *L, const struct vm_tool_function *functions, void *ctx)
{
    lua_newtable(L);
    for (; functions->name != NULL; functions++) {
        lua_pushlightuserdata(L, (void *)(uintptr_t)functions);
        lua_pushlightuserdata(L, ctx);
        lua_pushcclosure(L, l_function, 2);
        lua_setfield(L, -2, functions->name);
    }
}

struct start {
    const struct embedded_file *files;
    const char *main;
    const struct vm_tool_function *functions;
    void *ctx;
};

static int l_start(lua_State *L) // start
{
    const struct start *t = lua_touserdata(L, 1);
    push_require(L, t->files);
    load(L, t->files, t->main);
    push_functions(L, t->functions, t->ctx);
    lua_call(L, 1, 1);
    luaL_argexpected(L, lua_istable(L, -1), 1, "a file that returns a table");
    return 1;
}

int vm_tool_new(const struct embedded_file *files, const char *main, const struct vm_tool_function *functions,
                void *ctx, struct vm_state **out, char *why, size_t why_len)
{
    struct start t = {files, main, functions, ctx};
    struct vm_state *s = vm_state_new(&config, 0);
    lua_pushcfunction(s->L, l_start);
    lua_pushlightuserdata(s->L, &t);
    if (lua_pcall(s->L, 1, 1, 0) != LUA_OK) {
        snprintf(why, why_len, "%s", lua_tostring(s->L, -1));
        vm_state_free(s);
        return ERR_INVALID;
    }
    s->entries = luaL_ref(s->L, LUA_REGISTRYINDEX);
    *out = s;
    return ERR_OK;
}
