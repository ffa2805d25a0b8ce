/* See postman.h. */
#include "actor/postman.h"

#include <string.h>

#include "actor/node.h"
#include "actor/worker.h"
#include "base/mem.h"
#include "out/smtp.h"

struct postman {
    struct node *node;
    struct smtp *smtp;
};

static void on_mailed(void *ctx, const uint64_t tag[3], const struct smtp_result *r) // a thread of smtp's
{
    struct node *n = ((struct postman *)ctx)->node;
    struct buf text;
    buf_init(&text);
    buf_fmt(&text, "{\"verdict\":\"%s\",\"status\":%d,\"ms\":%u,\"error\":", smtp_verdict_name(r->verdict),
            r->status, r->ms);
    buf_json(&text, r->error, strlen(r->error));
    buf_char(&text, '}');
    const char *const texts[3] = {text.data, NULL, NULL};
    const size_t lens[3] = {text.len, 0, 0};
    struct envelope *v =
        envelope_with(IN_STUDIED, (struct peer){0}, (int64_t)tag[1], (int64_t)tag[2], texts, lens);
    (void)worker_post(node_worker(n, node_worker_of(n, (int64_t)tag[0])), v);
    buf_deinit(&text);
}

struct postman *postman_new(const struct smtp_config *config, struct node *n)
{
    struct postman *p = mem_zalloc(sizeof *p);
    p->node = n;
    p->smtp = smtp_new(config, on_mailed, p);
    return p;
}

void postman_take(struct postman *p, int64_t tenant, int64_t actor, uint32_t number, struct out_text to,
                  struct out_text data)
{
    const uint64_t tag[3] = {(uint64_t)tenant, (uint64_t)actor, number};
    smtp_send(p->smtp, to, data, tag);
}

void postman_close(struct postman *p)
{
    if (p == NULL) return;
    smtp_close(p->smtp);
    mem_free(p);
}
