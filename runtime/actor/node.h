/* The process: store, scripts, workers, signals, control socket. Runs on the
 * main thread with a loop of its own. */
#ifndef ACTOR_NODE_H
#define ACTOR_NODE_H

#include <stdbool.h>
#include <stdint.h>

#include "actor/study_op.h"
#include "base/err.h"
#include "net/net_server.h"
#include "vm/state.h"

#define NODE_CLAIMER 0 /* the worker whose system state claims due jobs */

struct embedded_file;
struct helper;
struct node;
struct postman;
struct smtp_config;
struct static_file;
struct store;
struct worker;

struct node_config {
    const char *data_dir, *database_url; /* database_url NULL: SQLite in data_dir */
    const char *scripts_dir;             /* NULL: the scripts embedded in the binary */
    const char *host;
    uint16_t port;
    const char *cert_file, *key_file;
    struct helper *helper;             /* runs parsers; NULL: nothing can be parsed */
    const struct proxies *proxies;     /* net/proxy.h; NULL: none */
    const struct guard *guard;         /* out/guard.h: where requests may go */
    const char *outbound_ca;           /* NULL: the system's certificates */
    const char *const *outbound_names; /* tests: out/http_client.h's test_names */
    const struct smtp_config *smtp;    /* out/smtp.h: where mail goes; NULL: mail is off */
    int workers;                       /* 0: one for each core */
    bool test_mode;                    /* echo route, no address limits for loopback */
    bool watch_scripts;                /* development: reload when a file changes */
    uint32_t idle_seconds;             /* an actor idle for so long leaves memory */
    uint32_t tenant_memory_mb, turn_ms;
    uint32_t tenant_cpu_s; /* of its scripts in a minute; 0: no limit */
    const struct static_file *files;
    size_t file_count;
    const struct embedded_file *scripts; /* used when scripts_dir is NULL */
    const struct vm_setting *settings;
    study_fn *study; /* NULL: there are none */
};

enum node_job { NODE_INSPECT }; /* what the helper does for us: helper/inspect.h */

/* Opens everything; when it returns 0 the node is listening. why is filled on error. */
int node_open(const struct node_config *config, struct node **out, char *why, size_t why_len) MUST_CHECK;
bool node_await_ready(struct node *n, uint32_t ms); /* until the store can be used; false: not yet */
/* Serves until TERM; returns the exit status (leaked handles make it 1). */
int node_run(struct node *n);
uint16_t node_port(const struct node *n);
struct store *node_store(struct node *n);

/* For workers, any thread. */
int node_workers(struct node *n);
struct worker *node_worker(struct node *n, int index);
int node_worker_of(struct node *n, int64_t tenant); /* the worker on which a tenant lives */
bool node_draining(struct node *n);
void node_top(struct node *n, bool json, struct buf *out); /* the busiest tenants: a table or JSON */
void node_top_metrics(struct node *n, struct buf *out);
void node_metrics(struct node *n, struct buf *out); /* Prometheus text */
bool node_ready(struct node *n);
const char *node_files(struct node *n);       /* the folder of uploads: net/intake.h */
struct helper *node_helper(struct node *n);   /* NULL: there is none */
struct postman *node_postman(struct node *n); /* NULL: mail is off */

/* Reads and checks the scripts, hands them to the workers. Main thread. report: what changed or is wrong. */
int node_reload(struct node *n, struct buf *report) MUST_CHECK;
void node_reload_tls(struct node *n);
/* Starts a study for an actor that waits; its end reaches engine_studied there. Any thread. */
int node_study(struct node *n, int64_t tenant, int64_t actor, uint32_t number, const char *text, size_t len);
void node_stop(struct node *n); /* the first call drains, the second ends at once */

#endif
