/* One message in an actor's mailbox, and the mailbox: a bounded FIFO.
 * Bound: MAILBOX_MAX messages. Policy at the bound: a visitor's connection
 * that sent the message too many is closed (1013, it may come back and send
 * again under the same CIDs); mail of an actor is answered with an error. */
#ifndef ACTOR_MAIL_H
#define ACTOR_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAILBOX_MAX 64

enum mail_kind {
    MAIL_OPEN,    /* number: session, text: meta */
    MAIL_FRAME,   /* number: session, text: the frame */
    MAIL_GONE,    /* number: session */
    MAIL_TIMER,   /* text: its name */
    MAIL_LETTER,  /* number: ask token or 0, text: payload */
    MAIL_REQUEST, /* number: exchange, text: JSON of the request */
    MAIL_POST,    /* number: exchange, text: payload */
    MAIL_FAILED,  /* number: session or 0, text: the failed message's, code below */
};

struct mail {
    struct mail *next;
    int64_t number;
    int16_t code; /* MAIL_FAILED: enum err */
    uint8_t kind; /* enum mail_kind */
    uint8_t was;  /* MAIL_FAILED: kind of the message that failed */
    uint32_t len;
    char text[];
};

struct mail *mail_new(enum mail_kind kind, int64_t number, const char *text, size_t len);
void mail_free(struct mail *m);                  /* NULL is fine */
const char *mail_kind_name(enum mail_kind kind); /* as Lua's deliver gets it */

struct mailbox {
    struct mail *head, *tail;
    uint32_t count;
};

bool mailbox_push(struct mailbox *b, struct mail *m);       /* false when full: m stays the caller's */
void mailbox_push_front(struct mailbox *b, struct mail *m); /* takes m; past the bound, too */
struct mail *mailbox_pop(struct mailbox *b);                /* NULL when empty; the caller's */
/* Moves the frames of one session to another mailbox, in their order; past the bound, too. */
void mailbox_move_frames(struct mailbox *from, struct mailbox *to, int64_t session);
void mailbox_clear(struct mailbox *b);

#endif
