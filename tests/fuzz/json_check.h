/* A strict, allocation-free check of a JSON text (RFC 8259), written apart from
 * the server's reader (vm/json_read.c) and held against it. It finds what
 * lua-cjson takes or loses; tests/fuzz/json_reference.h mends that. */
#ifndef FUZZ_JSON_CHECK_H
#define FUZZ_JSON_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct json_facts {
    uint32_t members; /* of all objects together: fewer after decoding means duplicate names */
    uint32_t numbers;
    bool names_differ; /* known already: every object was small and plain enough to compare */
    uint32_t empty_arrays;
    uint32_t wide_integers; /* past 2^53, which a double would round */
    const char *why;        /* set when the check fails */
    size_t at;              /* offset of the fault */
};

/* When out is not NULL, the text is copied there with empty arrays written as
 * ["<mark>"] and wide integers as "<mark>digits", for the decoder to turn back. */
bool json_check(const char *text, size_t len, unsigned depth_max, struct json_facts *facts, struct buf *out,
                const char *mark);

#endif
