/* The scripts and the data that every run uses: made once in a process. The
 * scripts are the real ones and some commands of the simulation's own; their
 * versions differ by a comment, so that a reload changes the hash and not the
 * behaviour. */
#ifndef SIM_SCRIPTS_H
#define SIM_SCRIPTS_H

#include <stdint.h>

struct bundle;
struct memory_store;

#define SIM_VERSIONS 3
#define SIM_TENANTS 3 /* ids 1 to 3; every text of tenant N's business says "TenantNhof" */
#define SIM_ID 40

struct sim_scripts;

struct sim_scripts *sim_scripts_new(void); /* aborts when something does not load */
void sim_scripts_free(struct sim_scripts *s);
struct bundle *sim_scripts_version(struct sim_scripts *s, int version); /* borrowed */
/* A new database in memory with the tenants in it; the caller frees it. */
struct memory_store *sim_scripts_database(struct sim_scripts *s);

#endif
