/* One seed from its beginning to its verdict. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct sim_scripts;

struct sim_verdict {
    bool failed;
    char failure[600]; /* the invariant that is broken */
    uint64_t hash;     /* of the event log */
};

/* verbose: the event log goes to stdout. */
void sim_run(struct sim_scripts *scripts, uint64_t seed, bool verbose, struct sim_verdict *verdict);

#endif
