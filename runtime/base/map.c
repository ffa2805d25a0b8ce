/* Open-addressing map with backward-shift deletion, so there are no
 * tombstones and look-ups never slow down with age. */
#include "base/map.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

static uint64_t seed0 = 0x736f6d6570736575u, seed1 = 0x646f72616e646f6du;

void map_seed(uint64_t k0, uint64_t k1)
{
    seed0 = k0;
    seed1 = k1;
}

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

struct sip {
    uint64_t v0, v1, v2, v3;
};

static void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = ROTL(s->v1, 13) ^ s->v0;
    s->v0 = ROTL(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = ROTL(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = ROTL(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = ROTL(s->v1, 17) ^ s->v2;
    s->v2 = ROTL(s->v2, 32);
}

/* SipHash-1-3 (Aumasson, Bernstein 2012; the 1-3 form is what Rust's and
 * Python's tables use). */
uint64_t map_hash(const void *data, size_t len)
{
    const unsigned char *p = data;
    struct sip s = {seed0 ^ 0x736f6d6570736575u, seed1 ^ 0x646f72616e646f6du, seed0 ^ 0x6c7967656e657261u,
                    seed1 ^ 0x7465646279746573u};
    uint64_t last = (uint64_t)len << 56;
    size_t left = len;
    for (; left >= 8; left -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        s.v3 ^= word;
        sip_round(&s);
        s.v0 ^= word;
    }
    for (size_t i = 0; i < left; i++) last |= (uint64_t)p[i] << (8 * i);
    s.v3 ^= last;
    sip_round(&s);
    s.v0 ^= last;
    s.v2 ^= 0xff;
    for (int i = 0; i < 3; i++) sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

void map_init(struct map *m, struct map_key (*key_of)(const void *value))
{
    m->slot = NULL;
    m->cap = m->used = 0;
    m->key_of = key_of;
}

void map_deinit(struct map *m)
{
    mem_free(m->slot);
    m->slot = NULL;
    m->cap = m->used = 0;
}

static size_t home(const struct map *m, const void *value)
{
    struct map_key k = m->key_of(value);
    return map_hash(k.data, k.len) & (m->cap - 1);
}

static void place(struct map *m, void *value)
{
    size_t i = home(m, value);
    while (m->slot[i] != NULL) i = (i + 1) & (m->cap - 1);
    m->slot[i] = value;
}

static void grow(struct map *m)
{
    void **old = m->slot;
    size_t old_cap = m->cap;
    m->cap = old_cap ? old_cap * 2 : 8;
    m->slot = mem_zalloc(m->cap * sizeof *m->slot);
    for (size_t i = 0; i < old_cap; i++)
        if (old[i] != NULL) place(m, old[i]);
    mem_free(old);
}

static size_t locate(const struct map *m, const void *key, size_t len)
{
    size_t i = map_hash(key, len) & (m->cap - 1);
    while (m->slot[i] != NULL) {
        struct map_key k = m->key_of(m->slot[i]);
        if (k.len == len && memcmp(k.data, key, len) == 0) return i;
        i = (i + 1) & (m->cap - 1);
    }
    return m->cap;
}

void *map_find(const struct map *m, const void *key, size_t len)
{
    if (m->used == 0) return NULL;
    size_t i = locate(m, key, len);
    return i == m->cap ? NULL : m->slot[i];
}

void map_put(struct map *m, void *value)
{
    struct map_key k = m->key_of(value);
    assert(map_find(m, k.data, k.len) == NULL);
    if ((m->used + 1) * 4 > m->cap * 3) grow(m);
    place(m, value);
    m->used++;
}

void *map_take(struct map *m, const void *key, size_t len)
{
    if (m->used == 0) return NULL;
    size_t i = locate(m, key, len);
    if (i == m->cap) return NULL;
    void *value = m->slot[i];
    m->used--;
    size_t mask = m->cap - 1, hole = i, j = i;
    for (;;) {
        j = (j + 1) & mask;
        if (m->slot[j] == NULL) break;
        size_t want = home(m, m->slot[j]);
        if (((j - want) & mask) >= ((j - hole) & mask)) {
            m->slot[hole] = m->slot[j];
            hole = j;
        }
    }
    m->slot[hole] = NULL;
    return value;
}

void *map_next(const struct map *m, size_t *at)
{
    while (*at < m->cap) {
        void *value = m->slot[(*at)++];
        if (value != NULL) return value;
    }
    return NULL;
}
