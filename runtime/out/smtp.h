/* Mail: messages to the operator's SMTP server, on threads of their own. They
 * are not on the workers' loops because libcurl waits for the answer to a
 * message, and for that to QUIT, inside its own calls (7.88: smtp_done,
 * smtp_disconnect), so a slow server would hold up a loop. The server is the
 * operator's choice: the guard of out/guard.h has no say, and nothing that a
 * client or visitor sends can choose another.
 *
 * Bounds: SMTP_THREADS messages under way, SMTP_WAITING_MAX waiting for at most
 * the time limit of one; past them a message is answered SMTP_BUSY.
 * SMTP_MESSAGE_MAX bytes each, SMTP_ANSWER_MAX bytes of the server's answers to
 * one. Each has a time limit for everything, and ends when no byte came for
 * half of it. */
#ifndef OUT_SMTP_H
#define OUT_SMTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "out/request.h"

#define SMTP_THREADS 4
#define SMTP_WAITING_MAX 256
#define SMTP_MESSAGE_MAX (900u << 10)
#define SMTP_ANSWER_MAX 65536u
#define SMTP_ADDRESS_MAX 254
#define SMTP_ERROR_MAX 600

struct smtp;

/* Public: filled once at start, then only read. */
struct smtp_config {
    const char *url;             /* smtp://host:587 (STARTTLS) or smtps://host:465; no user in it */
    const char *user, *password; /* NULL: the server asks for none */
    const char *from;            /* the address that answers for delivery, without a name */
    const char *ca_file;         /* certificates that are trusted beside the system's; NULL: none */
    bool tls_optional;           /* smtp:// goes on in the clear where the server has no STARTTLS */
    uint32_t timeout_ms;
};

/* What became of a message. */
enum smtp_verdict {
    SMTP_SENT,    /* the server has it */
    SMTP_REFUSED, /* for good: this recipient or this message */
    SMTP_LATER,   /* this message not now */
    SMTP_AWAY,    /* the server itself is not to be had: others will fare alike */
    SMTP_UNSURE,  /* all was said, no answer came: it may have it or not */
    SMTP_BUSY,    /* our own bound: not tried */
};

struct smtp_result {
    enum smtp_verdict verdict;
    int status;                 /* the server's last code; 0: none came */
    uint32_t ms;                /* from its turn to its end */
    char error[SMTP_ERROR_MAX]; /* "" or why, with the server's own words; printable ASCII */
};

const char *smtp_verdict_name(enum smtp_verdict v); /* "sent", "refused", ... */
/* No blanks, line breaks, brackets or bytes beyond ASCII, and one '@' within. */
bool smtp_address_fits(const char *address, size_t len) MUST_CHECK;

/* Sends one message and waits: for the command line. to: one address; data: the message with CRLF. */
void smtp_deliver(const struct smtp_config *config, const char *to, const char *data, size_t len,
                  struct smtp_result *out);

/* Called once for each smtp_send, on a thread of smtp's or before smtp_send returns. */
typedef void (*smtp_done)(void *ctx, const uint64_t tag[3], const struct smtp_result *result);

struct smtp *smtp_new(const struct smtp_config *config, smtp_done done, void *ctx); /* config: borrowed */
void smtp_send(struct smtp *s, struct out_text to, struct out_text data, const uint64_t tag[3]);
void smtp_close(struct smtp *s); /* ends what is under way, without answers; waits for the threads */

#endif
