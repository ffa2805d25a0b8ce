/* What a tenant's scripts may take: what the platform's scripts have set by
 * host.allow, from the plan of the account (scripts/prelude/plan.lua). Until
 * then, and for what a plan leaves out, the settings of the host hold. */
#ifndef VM_ALLOWANCE_H
#define VM_ALLOWANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vm_state;

#define VM_PLAN_MAX 32

/* Embedded by value in vm/internal.h and copied to a state that is made anew. */
struct vm_allowance {
    char plan[VM_PLAN_MAX + 1]; /* its name; "": not known yet */
    int64_t cpu_ns;             /* of all turns within a minute; 0: no limit, -1: the host's setting */
    size_t memory;              /* bytes of the state; 0: the host's setting */
    uint32_t log_lines;         /* in the server's log within a minute; 0: no limit */
    uint32_t host_calls;        /* of one turn */
};

void vm_allowance_init(struct vm_allowance *a); /* the host's settings */
const struct vm_allowance *vm_allowance(const struct vm_state *s);
void vm_allowance_set(struct vm_state *s, const struct vm_allowance *a);
size_t vm_allowance_memory(const struct vm_state *s); /* the cap in force; 0: none */

#endif
