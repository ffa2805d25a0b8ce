/* A response whose body comes from a file, a chunk at a time. For net/exchange.c. */
#ifndef NET_SEND_FILE_H
#define NET_SEND_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct conn;
struct send_file;

#define SEND_FILE_CHUNK 131072u /* in memory for each response, at most twice */

/* Takes fd. The next chunk is read when the peer took the one before;
 * exchange_sent(c, whole) follows from the loop. */
struct send_file *send_file_open(struct conn *c, int fd, size_t len);
void send_file_next(struct send_file *f);
void send_file_close(struct send_file *f); /* also half-way */

#endif
