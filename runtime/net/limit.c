/* A count and a token bucket for each cut address. An address is remembered
 * after its last connection until its bucket is full again: then forgetting
 * it changes nothing. */
#include "net/limit.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"

#define BURST_SECONDS 4u
#define MAX_REST_MS 3600000u /* longer absences count as this much, against overflow */

struct limit {
    struct map addresses;
    uint32_t max_conns, rate;
    bool exempt_loopback;
};

static struct map_key key_of(const void *value)
{
    const struct address *a = value;
    return (struct map_key){&a->key, sizeof a->key};
}

struct limit *limit_new(uint32_t max_conns, uint32_t accepts_per_second, bool exempt_loopback)
{
    struct limit *l = mem_zalloc(sizeof *l);
    map_init(&l->addresses, key_of);
    l->max_conns = max_conns;
    l->rate = accepts_per_second;
    l->exempt_loopback = exempt_loopback;
    return l;
}

static uint32_t full(const struct limit *l) { return l->rate * BURST_SECONDS * 1000; }

static void earn(const struct limit *l, struct address *a, uint32_t now)
{
    uint32_t rest = now - a->at;
    if (rest > MAX_REST_MS) rest = MAX_REST_MS;
    uint64_t credit = a->credit + (uint64_t)rest * l->rate;
    a->credit = credit < full(l) ? (uint32_t)credit : full(l);
    a->at = now;
}

static struct address *find_or_add(struct limit *l, const struct address_key *key, uint32_t now)
{
    struct address *a = map_find(&l->addresses, key, sizeof *key);
    if (a != NULL) return a;
    if (l->addresses.used >= LIMIT_MAX_ADDRESSES) return NULL;
    a = mem_zalloc(sizeof *a);
    a->key = *key;
    a->credit = full(l);
    a->at = now;
    map_put(&l->addresses, a);
    return a;
}

struct address *limit_admit_cut(struct limit *l, const struct address_key *key, bool exempt, uint32_t now_ms)
{
    struct address *a = find_or_add(l, key, now_ms);
    if (a == NULL) return NULL;
    earn(l, a, now_ms);
    if (!exempt) {
        if (a->conns >= l->max_conns || a->credit < 1000) return NULL;
        a->credit -= 1000;
    }
    a->conns++;
    return a;
}

struct address *limit_admit(struct limit *l, const struct sockaddr *peer, uint32_t now_ms)
{
    struct address_key key;
    address_cut(peer, &key);
    return limit_admit_cut(l, &key, l->exempt_loopback && address_is_loopback(peer), now_ms);
}

void limit_release(struct limit *l, struct address *a)
{
    (void)l;
    assert(a->conns != 0);
    a->conns--;
}

/* A map must not change while it is walked, so the resting ones are collected
 * first, a batch at a time. */
void limit_sweep(struct limit *l, uint32_t now_ms)
{
    struct address *rest[256], *a;
    size_t n;
    do {
        size_t at = 0;
        n = 0;
        while (n < 256 && (a = map_next(&l->addresses, &at)) != NULL) {
            earn(l, a, now_ms);
            if (a->conns == 0 && a->credit == full(l)) rest[n++] = a;
        }
        for (size_t i = 0; i < n; i++) mem_free(map_take(&l->addresses, &rest[i]->key, sizeof rest[i]->key));
    } while (n == 256);
}

void limit_free(struct limit *l)
{
    size_t at = 0;
    struct address *a;
    while ((a = map_next(&l->addresses, &at)) != NULL) mem_free(a);
    map_deinit(&l->addresses);
    mem_free(l);
}
