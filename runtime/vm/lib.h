/* The libraries of scripts: own, bounded versions of Lua's. Each function does
 * what the stock one does, and where that could take long, last for ever or
 * reach out of the sandbox, it is an error that says so. No call takes more
 * than some milliseconds, for no hook can end it. */
#ifndef VM_LIB_H
#define VM_LIB_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STRING_MAX (4u << 20) /* bytes that a library function builds at most */
#define UNPACK_MAX 10000      /* values that one call puts on the stack at most */
#define MOVES_MAX 500000      /* elements that one call touches at most */

/* A walk with lua_next in C. Each of its steps is a look-up, which takes long
 * where keys collide (vm/alloc.h), so a walk is bounded by its CPU time. */
struct vm_walk {
    unsigned steps;
    uint64_t from_ns;
};
bool vm_walk_too_long(struct vm_walk *w); // once for each step; {0} at first

/* 1 .. : a position of a text or list as scripts give it, negative from the end. */
size_t vm_position(lua_Integer i, size_t len);
size_t vm_end_position(lua_Integer i, size_t len);

const char *vm_tostring(lua_State *L, int index, size_t *len); // pushes; shows no address

extern const luaL_Reg vm_pattern_functions[]; // lib_pattern.c
int vm_format(lua_State *L);                  // lib_format.c: string.format
void vm_string_open(lua_State *L);            // each pushes its table
void vm_table_open(lua_State *L);
void vm_utf8_open(lua_State *L);
void vm_coroutine_open(lua_State *L);
void vm_order_open(lua_State *L); // each adds to the table at the top: pairs, next
void vm_meta_open(lua_State *L);  // setmetatable and its kin
void vm_call_open(lua_State *L);  // pcall, xpcall

#endif
