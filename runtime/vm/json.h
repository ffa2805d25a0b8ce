/* The `json` module. Decoding is vm/json_read.h's one strict pass: `[]` becomes
 * a marked list, null is a value of its own (json.null). Encoding is a bounded
 * writer with keys in sorted order, so the same value always gives the same
 * text. */
#ifndef VM_JSON_H
#define VM_JSON_H

#include <lua.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define JSON_DEPTH_MAX 32
#define JSON_BYTES_MAX (1u << 20)

void vm_json_open(lua_State *L);      // pushes the module
void vm_json_mark_list(lua_State *L); /* the table at the top is written as [] when it is empty */
/* Pushes the value and returns true; or pushes nothing and returns false with *why set. */
bool vm_json_decode(lua_State *L, const char *text, size_t len, const char **why);
/* Appends the value at index; false with *why set (b is then cut back). */
bool vm_json_encode(lua_State *L, int index, struct buf *b, const char **why);

#endif
