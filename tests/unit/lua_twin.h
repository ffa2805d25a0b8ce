/* The same Lua in a state of ours and in one with the stock library: what
 * scripts get must not differ. For tests/unit/test_lib.c and the fuzzer. */
#ifndef TESTS_LUA_TWIN_H
#define TESTS_LUA_TWIN_H

#include <stdbool.h>
#include <stddef.h>

void twin_open(const char *code); /* a chunk that returns a function of texts to a text */
void twin_close(void);

struct twin_text {
    const char *s;
    size_t len;
};

/* Calls both; *ours and *stock are valid until the next call. false: they differ. */
bool twin_same(const struct twin_text *args, int n, const char **ours, const char **stock);

#endif
