/* The globals of a state with Lua's own libraries, instead of lib_base.c's:
 * what scripts would run on without a sandbox. For azk_sandbox_stock alone. */
#include <lualib.h>

#include "vm/internal.h"
#include "vm/lib.h"

extern const bool sandbox_preempts;
const bool sandbox_preempts = false;

void vm_base_open(lua_State *L) { luaL_openlibs(L); }

const char *vm_tostring(lua_State *L, int index, size_t *len) { return luaL_tolstring(L, index, len); }
