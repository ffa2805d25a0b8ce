/* Reads one JSON text (RFC 8259) into a Lua value, strictly and in one pass:
 * bounded depth, valid UTF-8, no lone surrogates, no name twice in an object,
 * whole numbers as integers with all their digits. Fuzzed against lua-cjson
 * behind a checker of its own: tests/fuzz/fuzz_json.c. */
#ifndef VM_JSON_READ_H
#define VM_JSON_READ_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Pushes the value and returns true; or pushes nothing and returns false with
 * *why (static text) set. May raise "not enough memory" where Lua may: it
 * holds nothing that would leak. scratch: for texts with escapes. */
bool json_read(lua_State *L, const char *text, size_t len, unsigned depth_max, struct buf *scratch,
               const char **why);

#endif
