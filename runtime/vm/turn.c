/* The effect list's encoding: a fixed head, then three strings. */
#include "vm/turn.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define KEEP_BYTES 4096

struct head {
    int64_t session, number;
    uint32_t len[3];
    uint32_t kind;
};

void vm_turn_init(struct vm_turn *t)
{
    memset(t, 0, sizeof *t);
    buf_init(&t->writes);
    buf_init(&t->effects);
    buf_init(&t->wait_args);
}

static void slim(struct buf *b)
{
    if (b->cap > KEEP_BYTES)
        buf_deinit(b);
    else
        buf_reset(b);
}

void vm_turn_reset(struct vm_turn *t)
{
    slim(&t->writes);
    slim(&t->effects);
    slim(&t->wait_args);
    t->wait = WAIT_NONE;
    t->wait_ms = 0;
    t->write_count = t->frames = t->calls = t->coroutines = t->log_lines = 0;
    t->cpu_ns = 0;
    t->slices = 0;
    t->memory = 0;
}

void vm_turn_deinit(struct vm_turn *t)
{
    buf_deinit(&t->writes);
    buf_deinit(&t->effects);
    buf_deinit(&t->wait_args);
}

bool effect_add(struct buf *b, const struct effect *e)
{
    struct head h = {e->session, e->number, {e->text[0].len, e->text[1].len, e->text[2].len}, e->kind};
    size_t total = sizeof h + (size_t)h.len[0] + h.len[1] + h.len[2];
    if (total > TURN_EFFECTS_MAX || b->len + total > TURN_EFFECTS_MAX) return false;
    buf_reserve(b, total);
    buf_add(b, &h, sizeof h);
    for (int i = 0; i < 3; i++) buf_add(b, e->text[i].data, h.len[i]);
    return true;
}

size_t effect_begin(struct buf *b, const struct effect *e)
{
    struct head h = {e->session, e->number, {0, 0, 0}, e->kind};
    size_t mark = b->len;
    buf_add(b, &h, sizeof h);
    return mark;
}

bool effect_end(struct buf *b, size_t mark)
{
    uint32_t len = (uint32_t)(b->len - mark - sizeof(struct head));
    if (b->len > TURN_EFFECTS_MAX) return b->len = mark, false;
    memcpy(b->data + mark + offsetof(struct head, len), &len, sizeof len);
    return true;
}

int effect_next(const struct buf *b, size_t *at, struct effect *e)
{
    struct head h;
    if (*at == b->len) return 0;
    assert(b->len - *at >= sizeof h);
    memcpy(&h, b->data + *at, sizeof h);
    *at += sizeof h;
    e->kind = (enum effect_kind)h.kind;
    e->session = h.session;
    e->number = h.number;
    for (int i = 0; i < 3; i++) {
        e->text[i].data = b->data + *at;
        e->text[i].len = h.len[i];
        *at += h.len[i];
    }
    assert(*at <= b->len);
    return 1;
}
