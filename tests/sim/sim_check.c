/* See sim_check.h. Reads the store through the product's own statements. */
#include "sim_check.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim_client.h"
#include "sim_frame.h"
#include "sim_server.h"
#include "sim_store.h"
#include "sim_world.h"

#define ALL 100000

/* A row of message.since, texts NUL-terminated. */
struct row {
    int64_t seq, re;
    bool by_visitor;
    char cid[64], body[4096];
};

/* The walk over one conversation. */
struct walk {
    struct sim_world *world;
    const struct sim_client *client; /* whose conversation it is */
    const struct sim_said *said;
    size_t count, last;    /* last: index + 1 of the message that is being answered */
    int64_t seq, answered; /* of that message */
    unsigned answers;
    char began[64]; /* what the survey said first: "N at M" */
};

static void fail(struct walk *k, const char *what, const struct row *r)
{
    sim_fail(k->world, "client %s, %s: %s at seq %lld: %.200s %.300s", sim_client_mark(k->client),
             sim_client_conversation(k->client), what, (long long)r->seq, r->cid, r->body);
}

static void copy(char *out, size_t size, const struct param *p)
{
    size_t n = p->type == PARAM_TEXT ? p->len : 0;
    if (n >= size) n = size - 1;
    if (n > 0) memcpy(out, p->text, n);
    out[n] = '\0';
}

static void read_row(const struct param value[ROWS_COLUMNS_MAX], struct row *r)
{
    char sender[16];
    r->seq = value[0].integer;
    copy(sender, sizeof sender, &value[1]);
    r->by_visitor = strcmp(sender, "visitor") == 0;
    copy(r->cid, sizeof r->cid, &value[2]);
    r->re = value[3].type == PARAM_INT ? value[3].integer : 0;
    copy(r->body, sizeof r->body, &value[4]);
}

/* ---- one conversation ---- */

static void check_answered(struct walk *k, const struct row *r)
{
    if (k->last == 0) return;
    const struct sim_said *m = &k->said[k->last - 1];
    if (k->answers < m->answers_min) fail(k, "a message without its answer before", r);
    /* Out of their order messages mean other things; nothing has more than two answers. */
    unsigned most = sim_client_in_order(k->client) ? m->answers_max : 2;
    if (k->answers > most) fail(k, "a message answered too often before", r);
}

static void check_visitor_row(struct walk *k, const struct row *r)
{
    check_answered(k, r);
    for (size_t i = 0; i < k->count; i++) {
        const struct sim_said *m = &k->said[i];
        if (strcmp(m->cid, r->cid) != 0) continue;
        if (m->seq != r->seq) fail(k, m->seq ? "stored at another seq than acked" : "stored, never acked", r);
        if (i < k->last && sim_client_in_order(k->client)) fail(k, "order of sending not kept", r);
        k->last = i + 1;
        k->answered = r->seq;
        k->answers = 0;
        return;
    }
    fail(k, "a message that nobody sent", r);
}

/* A survey that was interrupted, run again and resumed still speaks of the same values. */
static void check_survey(struct walk *k, const struct sim_said *m, const struct row *r)
{
    const char *first = strstr(r->body, "Your number is ");
    if (first != NULL) snprintf(k->began, sizeof k->began, "%.*s", (int)strcspn(first + 15, "."), first + 15);
    if (m->ends_survey && strstr(r->body, k->began) == NULL) fail(k, "a survey that changed its mind", r);
}

static void check_bot_row(struct walk *k, const struct row *r)
{
    if (k->last == 0 || r->re != k->answered) return fail(k, "an answer to something else", r);
    const struct sim_said *m = &k->said[k->last - 1];
    bool strict = sim_client_in_order(k->client);
    if (strict && k->answers == 0 && m->first != NULL && strstr(r->body, m->first) == NULL)
        return fail(k, "not the expected answer", r);
    if (strict) check_survey(k, m, r);
    k->answers++;
}

/* What was shown for a seq is what is stored. */
static void check_shown(struct walk *k, const struct sim_client *reader, const struct row *r)
{
    const char *frame = sim_client_frame(reader, r->seq);
    if (frame == NULL && r->by_visitor && reader == k->client) return; /* its own: it has the ack */
    if (frame == NULL) return fail(k, "stored and never shown", r);
    if (strstr(frame, r->body) == NULL || sim_frame_last_number(frame, "re") != r->re)
        fail(k, "shown otherwise than stored", r);
}

static void check_conversation(struct sim_world *w, struct sim_server *server, const struct sim_client *owner,
                               struct sim_client *const *clients, size_t count)
{
    struct walk k = {.world = w, .client = owner};
    struct rows_reader reader;
    struct param value[ROWS_COLUMNS_MAX];
    struct row r = {0};
    k.said = sim_client_said(owner, &k.count);
    struct store_job *job = sim_store_ask(sim_server_store(server), sim_client_tenant(owner), "message.since",
                                          "sii", sim_client_conversation(owner), (int64_t)0, (int64_t)ALL);
    if (rows_open(&reader, &job->rows) == ERR_OK)
        while (!w->failed && rows_next(&reader, value)) {
            read_row(value, &r);
            if (r.seq != ++k.seq) fail(&k, "a gap in the stored numbers", &r);
            r.by_visitor ? check_visitor_row(&k, &r) : check_bot_row(&k, &r);
            for (size_t i = 0; i < count; i++)
                if (strcmp(sim_client_conversation(clients[i]), sim_client_conversation(owner)) == 0)
                    check_shown(&k, clients[i], &r);
        }
    check_answered(&k, &r);
    store_job_free(job);
    for (size_t i = 0; i < k.count; i++)
        if (k.said[i].seq > k.seq)
            sim_fail(w, "%s: acked at %lld, not stored", k.said[i].cid, (long long)k.said[i].seq);
    for (size_t i = 0; i < count; i++)
        if (strcmp(sim_client_conversation(clients[i]), sim_client_conversation(owner)) == 0 &&
            sim_client_seen(clients[i]) != k.seq)
            sim_fail(w, "client %s has seen %lld of %lld", sim_client_mark(clients[i]),
                     (long long)sim_client_seen(clients[i]), (long long)k.seq);
}

/* Each acked CID is stored: the walk finds those that are stored, this counts. */
static void check_acked(struct sim_world *w, struct sim_server *server, const struct sim_client *c)
{
    size_t count;
    const struct sim_said *said = sim_client_said(c, &count);
    for (size_t i = 0; i < count && !w->failed; i++) {
        struct rows_reader reader;
        struct param value[ROWS_COLUMNS_MAX];
        if (said[i].seq == 0) continue;
        struct store_job *job =
            sim_store_ask(sim_server_store(server), sim_client_tenant(c), "message.by_cid", "ss",
                          sim_client_conversation(c), said[i].cid);
        bool found = rows_open(&reader, &job->rows) == ERR_OK && rows_next(&reader, value) &&
                     value[0].integer == said[i].seq;
        if (!found) sim_fail(w, "%s: acked at %lld, not stored there", said[i].cid, (long long)said[i].seq);
        store_job_free(job);
    }
}

void sim_check_history(struct sim_world *w, struct sim_server *server, struct sim_client *const *clients,
                       size_t count)
{
    for (size_t i = 0; i < count && !w->failed; i++) {
        if (sim_client_joined(clients[i]) || sim_client_conversation(clients[i])[0] == '\0') continue;
        check_conversation(w, server, clients[i], clients, count);
        check_acked(w, server, clients[i]);
    }
}

/* ---- what is followed up, and events ---- */

/* Rows of a result whose column holds the text. */
static int count_rows(const struct store_job *job, int column, const char *text, int other, const char *also)
{
    struct rows_reader reader;
    struct param value[ROWS_COLUMNS_MAX];
    int n = 0;
    if (rows_open(&reader, &job->rows) != ERR_OK) return 0;
    while (rows_next(&reader, value))
        if (memmem(value[column].text, value[column].len, text, strlen(text)) != NULL &&
            memmem(value[other].text, value[other].len, also, strlen(also)) != NULL)
            n++;
    return n;
}

enum { FOLLOWUP_KIND = 1, FOLLOWUP_FIELDS = 11, OUTBOX_KEY = 3, OUTBOX_BODY = 4 };

static void check_one(struct sim_world *w, const struct sim_said *m, const char *kind, const char *event,
                      const struct store_job *followups, const struct store_job *outbox)
{
    char mark[40];
    snprintf(mark, sizeof mark, "%s.\"", m->cid);
    int stored = count_rows(followups, FOLLOWUP_KIND, kind, FOLLOWUP_FIELDS, mark);
    int sent = count_rows(outbox, OUTBOX_KEY, event, OUTBOX_BODY, mark);
    if (stored != 1) sim_fail(w, "%s: %d rows of kind %s", m->cid, stored, kind);
    if (sent != 1) sim_fail(w, "%s: %d events %s", m->cid, sent, event);
}

static void check_client_work(struct sim_world *w, const struct sim_client *c,
                              const struct store_job *followups, const struct store_job *outbox)
{
    size_t count;
    const struct sim_said *said = sim_client_said(c, &count);
    for (size_t i = 0; i < count && !w->failed; i++) {
        if (said[i].ends_callback)
            check_one(w, &said[i], "callback", "callback.requested", followups, outbox);
        else if (said[i].first != NULL && strcmp(said[i].first, "Which colour?") == 0)
            check_one(w, &said[i], "lead", "lead.created", followups, outbox);
    }
}

void sim_check_work(struct sim_world *w, struct sim_server *server, struct sim_client *const *clients,
                    size_t count, int tenants)
{
    struct sim_store *store = sim_server_store(server);
    struct store_job *outbox = sim_store_ask(store, 0, "event.recent", "i", (int64_t)ALL);
    for (int tenant = 1; tenant <= tenants; tenant++) {
        struct store_job *followups = sim_store_ask(store, tenant, "followup.all", "i", (int64_t)ALL);
        for (size_t i = 0; i < count; i++)
            if (sim_client_tenant(clients[i]) == tenant && sim_client_in_order(clients[i]))
                check_client_work(w, clients[i], followups, outbox);
        store_job_free(followups);
    }
    store_job_free(outbox);
}

/* ---- the engine ---- */

void sim_check_empty(struct sim_world *w, struct sim_server *server)
{
    struct engine_stats stats;
    struct engine *e = sim_server_engine(server);
    engine_stats(e, &stats);
    sim_log(w,
            "stats: %llu turns, %llu slices, %llu preempted, %llu killed, %llu errors, %llu failed commits",
            (unsigned long long)stats.turns, (unsigned long long)stats.slices,
            (unsigned long long)stats.preempted, (unsigned long long)stats.killed,
            (unsigned long long)stats.errors, (unsigned long long)stats.failed_commits);
    if (!engine_quiet(e)) sim_fail(w, "a turn never ended");
    if (sim_store_waiting(sim_server_store(server)) != 0) sim_fail(w, "the store still has work");
    if (stats.sessions != 0) sim_fail(w, "%d sessions are left", (int)stats.sessions);
    if (stats.actors_live != 0) sim_fail(w, "%d actors stay in memory", (int)stats.actors_live);
    if (stats.actors_known != 0) sim_fail(w, "%d actors stay known", (int)stats.actors_known);
    if (stats.tenants_loaded != 0) sim_fail(w, "%d tenants stay loaded", (int)stats.tenants_loaded);
}
