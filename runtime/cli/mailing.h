/* Settings of mail. */
#ifndef CLI_MAILING_H
#define CLI_MAILING_H

#include <stdbool.h>

#include "out/smtp.h"

struct options;

struct mailing {
    bool on; /* an SMTP server is set */
    struct smtp_config smtp;
    const char *from;                   /* as in the header: "Support <help@example.org>" */
    char address[SMTP_ADDRESS_MAX + 1]; /* of from */
    char public_url[256];               /* without the last slash; "" when it is not known */
};

/* EXIT_OK, or EXIT_USAGE after saying what is wrong. Texts are the options'. */
int mailing_read(const struct options *o, struct mailing *out);
void mailing_log(const struct mailing *m); /* one line: on or off, and what is missing */

#endif
