/* Errors as RFC 9457 problem documents. */
#ifndef NET_PROBLEM_H
#define NET_PROBLEM_H

struct buf;

#define PROBLEM_TYPE "application/problem+json"

/* {"type":"about:blank","title":...,"status":...,"code":...,"detail":...}
 * code: stable snake_case word, NULL: one made from the status; detail may be NULL. */
void problem_write(struct buf *out, int status, const char *code, const char *detail);

#endif
