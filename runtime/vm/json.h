/* The `json` module: lua-cjson with its known gaps mended.
 *
 * Decoding: lua-cjson parses; before it, a checker refuses what it lets
 * through (bad UTF-8, lone surrogates, duplicate keys, depth over
 * JSON_DEPTH_MAX, size over JSON_BYTES_MAX); after it, whole numbers become
 * integers, `[]` becomes a marked list and integers past 2^53 keep all their
 * digits. Encoding is a bounded writer with keys in sorted order, so the same
 * value always gives the same text. */
#ifndef VM_JSON_H
#define VM_JSON_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define JSON_DEPTH_MAX 32
#define JSON_BYTES_MAX (1u << 20)

void vm_json_open(lua_State *L); // pushes the module
/* Pushes the value and returns true; or pushes nothing and returns false with *why set. */
bool vm_json_decode(lua_State *L, const char *text, size_t len, const char **why);
/* Appends the value at index; false with *why set (b is then cut back). */
bool vm_json_encode(lua_State *L, int index, struct buf *b, const char **why);

#endif
