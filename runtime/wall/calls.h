/* seccomp: which system calls may be made, and with which arguments. For wall.c. */
#ifndef WALL_CALLS_H
#define WALL_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <seccomp.h>

#define CALL_ARGUMENTS_MAX 2

/* One way in which a call is allowed; a call with several rows is allowed in each of these ways. */
struct call {
    int number;
    unsigned count;
    struct scmp_arg_cmp argument[CALL_ARGUMENTS_MAX];
};

extern const struct call calls_allowed[]; /* calls_table.c */
extern const size_t calls_allowed_count;
extern const struct call calls_of_cell[];
extern const size_t calls_of_cell_count;
/* What only a build with a sanitizer needs, on top: calls_none.c or calls_sanitizer.c. */
extern const struct call calls_extra[];
extern const size_t calls_extra_count;

int calls_restrict(void);           /* all threads; 0, or -1: nothing changed */
int calls_cell(void);               /* this process for good: what a parser may call */
int calls_seal(bool local_sockets); /* the same, a second filter on top of the first */
uint64_t calls_refused(void);       /* any thread */
char *calls_next_refused(int *at);  /* name of the next refused call, NULL: no more; caller frees */

#endif
