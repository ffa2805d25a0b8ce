/* JSON by lua-cjson, with its known gaps mended around it: what the server's
 * own reader (vm/json_read.c) is held against. */
#ifndef FUZZ_JSON_REFERENCE_H
#define FUZZ_JSON_REFERENCE_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

/* Both on a state of vm/state.h. Pushes the value, or nothing and returns false. */
bool json_reference(lua_State *L, const char *text, size_t len, unsigned depth_max);
/* The two values at the top: types, bytes, whole or not, list marks, all the way down. */
bool json_same(lua_State *L);

/* One text through both readers; false, with *why for people, when they differ. */
bool json_agree(lua_State *L, const char *text, size_t len, const char **why);

#endif
