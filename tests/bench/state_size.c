/* What a tenant's Lua state takes before any visitor: state_size SCRIPTS
 *
 * One JSON object: bytes of a state with its libraries, and of the same with
 * the platform's scripts loaded, after a whole collection. */
#include <stdio.h>

#include "base/clock.h"
#include "vm/bundle.h"
#include "vm/state.h"

int main(int argc, char **argv)
{
    char why[512];
    struct bundle *scripts;
    if (argc != 2) return fprintf(stderr, "usage: state_size SCRIPTS\n"), 2;
    if (bundle_read(argv[1], &scripts, why, sizeof why) != ERR_OK) return fprintf(stderr, "%s\n", why), 1;
    struct vm_config config = {.memory_cap = 256u << 20,
                               .turn_budget_ns = 10000000000ull,
                               .slice_instructions = 1 << 30,
                               .clock = clock_real()};
    struct vm_state *s = vm_state_new(&config, 1);
    vm_state_collect(s);
    size_t bare = vm_state_memory(s);
    if (vm_state_boot(s, scripts, why, sizeof why) != ERR_OK) return fprintf(stderr, "%s\n", why), 1;
    vm_state_collect(s);
    printf("{\"bare\":%zu,\"booted\":%zu}\n", bare, vm_state_memory(s));
    vm_state_free(s);
    bundle_release(scripts);
    return 0;
}
