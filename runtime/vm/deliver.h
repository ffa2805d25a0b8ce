/* The one door into Lua: starts and resumes an actor's turn.
 *
 * A fiber is a coroutine of the state. It is taken for a turn, given back
 * when the turn is done (finished ones are reused), kept by the actor while a
 * dialog waits, and dropped when the turn failed. */
#ifndef VM_DELIVER_H
#define VM_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "vm/turn.h"

struct vm_state;
struct vm_fiber;

enum vm_outcome {
    VM_DONE,      /* the turn's function returned */
    VM_WAIT,      /* turn->wait says for what */
    VM_PREEMPTED, /* resume it later with no values */
    VM_KILLED,    /* over its CPU budget: the fiber is gone */
    VM_ERROR,     /* a Lua error: the fiber is gone, vm_error says what */
};

enum vm_type { VM_NIL, VM_TRUE, VM_INT, VM_TEXT, VM_JSON, VM_ROWS };

struct vm_value {
    enum vm_type type;
    int64_t integer;
    const char *text; /* borrowed for the call; VM_JSON: decoded first, as it is when it is no JSON */
    size_t len;
    const struct buf *rows; /* store/encode.h */
};

#define VM_VALUES_MAX 6

/* Creates an actor's data table by activate(kind, key); *ref names it. */
int vm_activate(struct vm_state *s, const char *kind, const char *key, int *ref) MUST_CHECK;
void vm_deactivate(struct vm_state *s, int ref);

struct vm_fiber *vm_fiber_take(struct vm_state *s);
void vm_fiber_drop(struct vm_state *s, struct vm_fiber *f); /* never runs again; NULL is fine */

/* On VM_DONE, VM_KILLED and VM_ERROR the fiber is given back or gone: forget it. */
enum vm_outcome vm_start(struct vm_state *s, struct vm_fiber *f, struct vm_turn *t, int self,
                         const struct vm_value *values, int n);
enum vm_outcome vm_resume(struct vm_state *s, struct vm_fiber *f, struct vm_turn *t,
                          const struct vm_value *values, int n);

/* An entry function of the prelude by name, as a turn of its own that may not
 * wait: what it writes and emits is in t. */
enum vm_outcome vm_call(struct vm_state *s, const char *entry, struct vm_turn *t,
                        const struct vm_value *values, int n);

/* Text of the last VM_ERROR or VM_KILLED, with file:line; borrowed until the next turn. */
const char *vm_error(struct vm_state *s);

#endif
