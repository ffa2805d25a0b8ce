/* See turn_values.h. */
#include "actor/turn_values.h"

#include <string.h>

#include "actor/mail.h"
#include "actor/turn.h"
#include "store/store.h"

static struct vm_value text_value(const char *s, size_t n)
{
    return (struct vm_value){.type = VM_TEXT, .text = s, .len = n};
}
static struct vm_value int_value(int64_t n) { return (struct vm_value){.type = VM_INT, .integer = n}; }
static struct vm_value nil_value(void) { return (struct vm_value){.type = VM_NIL}; }

/* What deliver(self, ...) gets, by kind of message: see scripts/prelude/init.lua. */
int turn_mail_values(const struct mail *m, struct vm_value v[VM_VALUES_MAX])
{
    const char *kind = mail_kind_name((enum mail_kind)m->kind), *word;
    struct vm_value text = text_value(m->text, m->len);
    v[0] = text_value(kind, strlen(kind));
    switch ((enum mail_kind)m->kind) {
    case MAIL_TIMER: v[1] = text; return 2;
    case MAIL_GONE: v[1] = int_value(m->number); return 2;
    case MAIL_LETTER:
        v[1] = text;
        v[2] = m->number ? int_value(m->number) : nil_value();
        return 3;
    case MAIL_FRAME:
    case MAIL_REQUEST:
        text.type = VM_JSON;
        v[1] = int_value(m->number);
        v[2] = text;
        return 3;
    case MAIL_FAILED: /* session or nil, code, the failed message's kind and text */
        v[1] = m->number ? int_value(m->number) : nil_value();
        word = err_name(m->code);
        v[2] = text_value(word, strlen(word));
        word = mail_kind_name((enum mail_kind)m->was);
        v[3] = text_value(word, strlen(word));
        v[4] = text;
        return 5;
    default:
        v[1] = int_value(m->number);
        v[2] = text;
        return 3;
    }
}

/* nil, message, code: the one form of an expected failure. */
static int error_values(int code, const char *message, struct vm_value v[VM_VALUES_MAX])
{
    const char *name = err_name(code);
    v[0] = nil_value();
    v[1] = text_value(message, strlen(message));
    v[2] = text_value(name, strlen(name));
    return 3;
}

int turn_answer_values(struct turn *t, struct vm_value v[VM_VALUES_MAX])
{
    if (t->half_way) { /* true, and the rows of a statement that returned some */
        t->half_way = false;
        v[0] = (struct vm_value){.type = VM_TRUE};
        if (t->answer == NULL) return 1;
        v[1] = (struct vm_value){.type = VM_ROWS, .rows = &t->answer->rows};
        return 2;
    }
    if (t->letter != NULL) return v[0] = text_value(t->letter->text, t->letter->len), 1;
    if (t->wait_code != 0) return error_values(t->wait_code, "no answer in time", v);
    if (t->answer == NULL) return 0; /* preempted: goes on where it was */
    if (t->answer->status != ERR_OK) return error_values(t->answer->status, t->answer->error, v);
    v[0] = (struct vm_value){.type = VM_ROWS, .rows = &t->answer->rows};
    return 1;
}
