/* The store of a simulated run: play/memory_store.h, but when a job is carried out, when it is answered and
 * whether it fails is drawn from the seed. Outlives the engines of a run, as a disk does. */
#ifndef SIM_STORE_H
#define SIM_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/encode.h"
#include "store/store.h"

struct sim_store;
struct sim_world;
struct memory_store;

/* Each in per mille of the jobs. */
struct sim_store_faults {
    uint32_t slow;        /* answered after up to 3 s */
    uint32_t unavailable; /* not carried out */
    uint32_t unknown;  /* answered ERR_UNKNOWN_OUTCOME; carried out or not, perhaps only after the answer */
    uint64_t usual_ns; /* most answers come within this time */
};

/* Takes db. done gets each answered job (takes it). */
struct sim_store *sim_store_new(struct sim_world *w, struct memory_store *db,
                                void (*done)(void *ctx, struct store_job *job), void *ctx);
void sim_store_free(struct sim_store *s);
void sim_store_set_faults(struct sim_store *s, const struct sim_store_faults *faults); /* copied */
void sim_store_outage(struct sim_store *s, uint64_t ns); /* everything unavailable for so long */

void sim_store_submit(struct sim_store *s, struct store_job *job); /* takes job */
/* The process that submitted is gone: jobs under way are lost, carried out, or
 * carried out a little later; nobody is answered. */
void sim_store_crash(struct sim_store *s);
uint32_t sim_store_waiting(const struct sim_store *s);

/* For the checks, at once and without faults: runs a statement; each value is
 * an int64_t (format 'i') or a text ('s'). The caller frees the job. */
struct store_job *sim_store_ask(struct sim_store *s, int64_t tenant, const char *statement,
                                const char *format, ...);

#endif
