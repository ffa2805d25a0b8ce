/* host.look and host.drop_file: stored uploads, by their names in the store. */
#include "vm/chain.h"
#include "vm/internal.h"

#define SIDE_MAX 320

static const char *name_at(lua_State *L, int index, size_t *n)
{
    const char *name = luaL_checklstring(L, index, n);
    luaL_argcheck(L, *n >= 1 && *n < 64, index, "the name of a stored file");
    return name;
}

/* look(name, side): { type, width, height, thumb, code }; waits for the helper. */
static int l_look(lua_State *L)
{
    struct vm_turn *t = vm_state_of(L)->turn;
    size_t n;
    if (t == NULL) return luaL_error(L, "this host function works only inside a turn");
    const char *name = name_at(L, 1, &n);
    lua_Integer side = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, side >= 0 && side <= SIDE_MAX, 2, "from 0 to 320 pixels");
    buf_reset(&t->wait_args);
    buf_i64(&t->wait_args, side);
    buf_add(&t->wait_args, name, n);
    t->wait = WAIT_LOOK;
    return vm_wait(L);
}

/* stored(folder): names of old files in one of the folders "00" to "ff". */
static int l_stored(lua_State *L)
{
    struct vm_turn *t = vm_state_of(L)->turn;
    size_t n;
    if (t == NULL || !t->system) return luaL_error(L, "this host function works only for the system");
    const char *folder = name_at(L, 1, &n);
    buf_reset(&t->wait_args);
    buf_i64(&t->wait_args, -1);
    buf_add(&t->wait_args, folder, n);
    t->wait = WAIT_LOOK;
    return vm_wait(L);
}

/* drop_file(name): removed once the turn is committed. */
static int l_drop_file(lua_State *L)
{
    struct vm_turn *t = vm_state_of(L)->turn;
    struct effect e = {.kind = EFFECT_DROP_FILE};
    size_t n;
    if (t == NULL) return luaL_error(L, "this host function works only inside a turn");
    e.text[0].data = name_at(L, 1, &n);
    e.text[0].len = (uint32_t)n;
    if (!effect_add(&t->effects, &e)) return luaL_error(L, "a turn may put out at most 1 MiB");
    return 0;
}

static const luaL_Reg functions[] = {
    {"look", l_look}, {"stored", l_stored}, {"drop_file", l_drop_file}, {NULL, NULL}};

void vm_files_open(lua_State *L) { luaL_setfuncs(L, functions, 0); } // host
