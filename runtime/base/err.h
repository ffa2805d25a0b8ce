/* The one error enum of the runtime. Functions return 0 or one of these;
 * results leave through the last pointer. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define MUST_CHECK __attribute__((warn_unused_result))

enum err {
    ERR_OK = 0,
    ERR_INVALID = -1, /* input breaks a rule; nothing was done */
    ERR_LIMIT = -2,   /* a bound was reached (size, count, queue) */
    ERR_NOT_FOUND = -3,
    ERR_CONFLICT = -4,    /* a unique index or an expected row said no */
    ERR_UNAVAILABLE = -5, /* store or peer cannot be reached now; may be retried */
    ERR_TIMEOUT = -6,
    ERR_CLOSED = -7, /* the other side is gone or going */
    ERR_IO = -8,
    ERR_DENIED = -9,
    ERR_INTERNAL = -10,
    ERR_UNKNOWN_OUTCOME = -11, /* sent, but whether it was committed is not known */
};

/* Stable lower-case word for logs and Lua: "conflict", "unavailable". */
const char *err_name(int err);

#endif
