/* The HTTP side of a connection: one request at a time, read, handed to a
 * file, a route or the owner, and answered. Public answers are in net/conn.h. */
#ifndef NET_EXCHANGE_H
#define NET_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

struct conn;

/* Takes bytes in WAITING or READING; moves *data, *len on. Stops after a request. */
void exchange_input(struct conn *c, char **data, size_t *len);
/* Keeps bytes that came while a request is being answered; too many pause the reading. */
void exchange_keep(struct conn *c, const char *data, size_t len);
bool exchange_has_kept(const struct conn *c);
/* Goes on with kept bytes, if there are any and the state allows. */
void exchange_resume(struct conn *c);
bool exchange_reading_head(const struct conn *c);
size_t exchange_body_len(const struct conn *c);
bool exchange_taking(const struct conn *c);     /* the body goes into a file */
void exchange_received(struct conn *c);         /* net/intake.h: all of it is there, or that failed */
void exchange_drained(struct conn *c);          /* the peer took all of a response's part */
void exchange_sent(struct conn *c, bool whole); /* net/send_file.h: the last part is on its way */
bool exchange_sending(const struct conn *c);    /* a response from a file is under way */
/* Answers what broke a rule or was too slow, and lingers. */
void exchange_refuse(struct conn *c, int status, const char *reason);
void exchange_free(struct conn *c);

#endif
