/* What a turn gets from outside, as values for Lua: its message, and the
 * answers to what it waits for. All are borrowed from the turn. */
#ifndef ACTOR_TURN_VALUES_H
#define ACTOR_TURN_VALUES_H

#include "vm/deliver.h"

struct mail;
struct turn;

int turn_mail_values(const struct mail *m, struct vm_value v[VM_VALUES_MAX]); /* their number */
int turn_answer_values(struct turn *t, struct vm_value v[VM_VALUES_MAX]);

#endif
