/* See mail.h. A message is one allocation with its text inside. */
#include "actor/mail.h"

#include <string.h>

#include "base/mem.h"

struct mail *mail_new(enum mail_kind kind, int64_t number, const char *text, size_t len)
{
    struct mail *m = mem_alloc(sizeof *m + len);
    m->next = NULL;
    m->number = number;
    m->code = 0;
    m->kind = (uint8_t)kind;
    m->was = (uint8_t)kind;
    m->len = (uint32_t)len;
    if (len > 0) memcpy(m->text, text, len);
    return m;
}

void mail_free(struct mail *m) { mem_free(m); }

const char *mail_kind_name(enum mail_kind kind)
{
    static const char *const names[] = {"open", "frame",   "gone", "timer",
                                        "mail", "request", "post", "failed"};
    return names[kind];
}

static void append(struct mailbox *b, struct mail *m)
{
    m->next = NULL;
    if (b->tail != NULL)
        b->tail->next = m;
    else
        b->head = m;
    b->tail = m;
    b->count++;
}

bool mailbox_push(struct mailbox *b, struct mail *m)
{
    if (b->count >= MAILBOX_MAX) return false;
    if (b->tail != NULL)
        b->tail->next = m;
    else
        b->head = m;
    b->tail = m;
    b->count++;
    return true;
}

void mailbox_push_front(struct mailbox *b, struct mail *m)
{
    m->next = b->head;
    b->head = m;
    if (b->tail == NULL) b->tail = m;
    b->count++;
}

struct mail *mailbox_pop(struct mailbox *b)
{
    struct mail *m = b->head;
    if (m == NULL) return NULL;
    b->head = m->next;
    if (b->head == NULL) b->tail = NULL;
    b->count--;
    m->next = NULL;
    return m;
}

void mailbox_move_frames(struct mailbox *from, struct mailbox *to, int64_t session)
{
    struct mailbox rest = {0};
    if (from == to) return;
    for (struct mail *m; (m = mailbox_pop(from)) != NULL;)
        append(m->kind == MAIL_FRAME && m->number == session ? to : &rest, m);
    *from = rest;
}

void mailbox_clear(struct mailbox *b)
{
    for (struct mail *m; (m = mailbox_pop(b)) != NULL;) mail_free(m);
}
