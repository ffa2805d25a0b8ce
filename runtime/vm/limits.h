/* The limits of scripts, by name. Each time that one is met is counted. */
#ifndef VM_LIMITS_H
#define VM_LIMITS_H

enum vm_limit {
    VM_LIMIT_CPU,        /* of a turn */
    VM_LIMIT_SLICE,      /* a call or instruction that took far longer than a slice */
    VM_LIMIT_MEMORY,     /* of a turn or of the state */
    VM_LIMIT_OUTPUT,     /* frames or bytes of a turn */
    VM_LIMIT_CALLS,      /* of the host in a turn */
    VM_LIMIT_COROUTINES, /* made in a turn */
    VM_LIMIT_LOG,        /* lines of a turn */
    VM_LIMITS,
};
extern const char *const vm_limit_names[VM_LIMITS];

#endif
