/* A call of a turn on its stream, in front of wait_args: what vm/lib_http.c
 * writes and actor/stream.c reads. Behind an opening stands its request
 * (out/request.h). */
#ifndef VM_STREAM_CALL_H
#define VM_STREAM_CALL_H

#include <stdint.h>

enum stream_op { STREAM_OPEN, STREAM_NEXT, STREAM_CLOSE };

struct stream_call {
    int32_t op;
    int32_t wait_ms;  /* for the head of the answer, for the next event */
    int32_t delay_ms; /* before it is opened */
};

#endif
