/* Names of the error enum. */
#include "base/err.h"

const char *err_name(int err)
{
    switch (err) {
    case ERR_OK: return "ok";
    case ERR_INVALID: return "invalid";
    case ERR_LIMIT: return "limit";
    case ERR_NOT_FOUND: return "not_found";
    case ERR_CONFLICT: return "conflict";
    case ERR_UNAVAILABLE: return "unavailable";
    case ERR_TIMEOUT: return "timeout";
    case ERR_CLOSED: return "closed";
    case ERR_IO: return "io";
    case ERR_DENIED: return "denied";
    case ERR_INTERNAL: return "internal";
    case ERR_UNKNOWN_OUTCOME: return "unknown_outcome";
    default: return "unknown";
    }
}
