/* How many connections, and how many a second, one address may have. Each
 * worker counts for itself, so with N workers an address gets N times this. */
#ifndef NET_LIMIT_H
#define NET_LIMIT_H

#include <stdint.h>

#include "base/map.h"
#include "net/address.h"

/* One for each address that has connections or lately had; borrowed by its connections. */
struct address {
    struct address_key key;
    uint32_t conns;
    uint32_t credit; /* thousandths of an accept, at most four seconds' worth */
    uint32_t at;     /* when credit was counted, ms */
};

#define LIMIT_MAX_ADDRESSES 65536u /* known at once; when full, new addresses are refused until the sweep */

struct limit;
struct limit *limit_new(uint32_t max_conns, uint32_t accepts_per_second, bool exempt_loopback);
void limit_free(struct limit *l); /* all addresses must be released */
/* NULL: refused. Else released once with limit_release. now_ms may wrap. */
struct address *limit_admit(struct limit *l, const struct sockaddr *peer, uint32_t now_ms);
/* The same for an address that is cut already. exempt: counted, never refused. */
struct address *limit_admit_cut(struct limit *l, const struct address_key *key, bool exempt, uint32_t now_ms);
void limit_release(struct limit *l, struct address *a);
void limit_sweep(struct limit *l, uint32_t now_ms); /* forgets addresses at rest; call every few seconds */

#endif
