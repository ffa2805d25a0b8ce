/* Helpers of the store's tests: write jobs in a line, wait for answers. */
#ifndef TEST_STORE_KIT_H
#define TEST_STORE_KIT_H

#include <pthread.h>

#include "store/encode.h"
#include "store/store.h"

/* A port that keeps what it was given. */
struct kit {
    struct store_port port;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct store_job *head, **tail; /* answered, in order */
    size_t answered;
};

void kit_init(struct kit *k);
void kit_deinit(struct kit *k); /* frees what was answered */

struct store_job *kit_batch(struct kit *k, int64_t tenant);
/* Adds a statement: s const char *, i int, n null (no argument), r double. */
void kit_add(struct store_job *job, const char *name, const char *types, ...);
struct store_job *kit_query(struct kit *k, int64_t tenant);

void kit_wait(struct kit *k, size_t answered); /* until so many answers were given in all; 30 s, then abort */
struct store_job *kit_take(struct kit *k);     /* oldest answer; caller frees */
/* Submit and wait for this one answer (none other may be outstanding). */
struct store_job *kit_run(struct kit *k, struct store *s, struct store_job *job);
int kit_status(struct kit *k, struct store *s, struct store_job *job); /* the same, only its status */

/* One row's values as "name=value,..." of all rows joined by ';', static buffer. */
const char *kit_text(const struct store_job *job);

char *kit_dir(void);            /* new temporary folder; kit_dir_remove */
void kit_dir_remove(char *dir); /* takes dir */
struct store *kit_open_sqlite(const char *dir);
/* A tenant, its bot and a conversation with id conv. */
void kit_fill(struct kit *k, struct store *s, int64_t tenant, const char *conv);
struct store_job *kit_message(struct kit *k, int64_t tenant, const char *conv, int seq, const char *cid);

#endif
