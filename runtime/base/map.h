/* Hash map from a byte string to a pointer: open addressing, linear probing,
 * 8 bytes a slot. The key lives inside the value, where a callback finds it,
 * so an entry costs 16 to 32 bytes and no allocation. Hash: SipHash-1-3 keyed
 * per process, since keys may be chosen by strangers. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

struct map_key {
    const void *data;
    size_t len;
};

struct map {
    void **slot;
    size_t cap; /* power of two or 0 */
    size_t used;
    struct map_key (*key_of)(const void *value);
};

void map_init(struct map *m, struct map_key (*key_of)(const void *value));
void map_deinit(struct map *m);                                   /* frees the table, not the values */
void *map_find(const struct map *m, const void *key, size_t len); /* borrowed or NULL */
/* Value's key must not be in the map (assert). The value stays the caller's. */
void map_put(struct map *m, void *value);
void *map_take(struct map *m, const void *key, size_t len); /* removed value or NULL */
/* Walks all values; do not change the map meanwhile. *at starts at 0; NULL at the end. */
void *map_next(const struct map *m, size_t *at);

/* Keyed hash of the process (map_seed once at start; tests may fix it). */
uint64_t map_hash(const void *data, size_t len);
void map_seed(uint64_t k0, uint64_t k1);

#endif
