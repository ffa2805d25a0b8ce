/* See provision.h. */
#include "cli/provision.h"

#include <string.h>

#include "actor/account.h"
#include "base/clock.h"
#include "cli/store_call.h"
#include "store/encode.h"
#include "store/statements.h"

#define TRIES 5 /* two commands at once take the same number: one gets a conflict and tries again */

static int next_tenant(struct store *s, int64_t *id)
{
    struct buf q;
    struct rows_reader r;
    struct param value[64];
    store_call_begin(&q, "tenant.next_id", 0);
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    int err = job->status;
    if (err == ERR_OK) err = rows_open(&r, &job->rows);
    if (err == ERR_OK && rows_next(&r, value)) *id = value[0].integer;
    store_job_free(job);
    return err;
}

int provision_exists(struct store *s, const char *public_key, bool *exists)
{
    struct buf q;
    struct rows_reader r;
    struct param value[64];
    store_call_begin(&q, "bot.by_key", 1);
    encode_text(&q, public_key, strlen(public_key));
    struct store_job *job = store_call(s, STORE_QUERY, 0, &q);
    int err = job->status;
    if (err == ERR_OK) *exists = rows_open(&r, &job->rows) == ERR_OK && rows_next(&r, value);
    store_job_free(job);
    return err;
}

static int try_once(struct store *s, struct bundle *scripts, const char *text, size_t len,
                    const char *options, struct buf *out)
{
    int64_t tenant = 0;
    int err = next_tenant(s, &tenant);
    if (err != ERR_OK) return buf_fmt(out, "the store does not answer: %s\n", err_name(err)), err;
    struct buf writes;
    buf_init(&writes);
    err = account_write(scripts, clock_real(), tenant, text, len, options, &writes, out);
    if (err == ERR_OK) {
        struct store_job *job = store_call(s, STORE_BATCH, tenant, &writes);
        err = job->status;
        if (err != ERR_OK) buf_reset(out), buf_fmt(out, "not stored: %s\n", job->error);
        store_job_free(job);
    }
    buf_deinit(&writes);
    return err;
}

int provision(struct store *s, struct bundle *scripts, const char *text, size_t len, const char *options,
              struct buf *out)
{
    int err = ERR_CONFLICT;
    for (int i = 0; i < TRIES && err == ERR_CONFLICT; i++) {
        buf_reset(out);
        err = try_once(s, scripts, text, len, options, out);
    }
    return err;
}
