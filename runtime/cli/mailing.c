/* See mailing.h. */
#include "cli/mailing.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/command.h"

#define FROM_MAX 300

static int refuse(const char *option, const char *why)
{
    fprintf(stderr, "azentiko: --%s: %s\n", option, why);
    return EXIT_USAGE;
}

static bool printable(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s <= ' ' || *s > '~') return false;
    return true;
}

/* "smtp://" or "smtps://", a host, perhaps a port and the name that we greet with. */
static const char *url_fault(const char *url)
{
    const char *host = strncmp(url, "smtp://", 7) == 0    ? url + 7
                       : strncmp(url, "smtps://", 8) == 0 ? url + 8
                                                          : NULL;
    if (host == NULL || *host == '\0' || !printable(url))
        return "must be smtp://HOST:PORT or smtps://HOST:PORT";
    if (strchr(host, '@') != NULL) return "holds no user: give --smtp-user and --smtp-password";
    return NULL;
}

/* A password, or none, may cross this machine's own loopback in the clear. */
static bool stays_here(const char *url)
{
    const char *host = strstr(url, "://") + 3;
    return strncmp(host, "127.", 4) == 0 || strncmp(host, "[::1]", 5) == 0 ||
           (strncmp(host, "localhost", 9) == 0 && strchr(":/", host[9]) != NULL);
}

/* The address of "Support <help@example.org>" or "help@example.org". */
static int read_from(const char *from, struct mailing *out)
{
    const char *open = strrchr(from, '<'), *close = open ? strchr(open, '>') : NULL;
    const char *at = open != NULL ? open + 1 : from;
    size_t len = open == NULL ? strlen(from) : close != NULL && close[1] == '\0' ? (size_t)(close - at) : 0;
    if (strlen(from) > FROM_MAX || strpbrk(from, "\r\n") != NULL || !smtp_address_fits(at, len))
        return refuse("mail-from", "must be an address such as \"Support <help@example.org>\"");
    snprintf(out->address, sizeof out->address, "%.*s", (int)len, at);
    out->from = from;
    return EXIT_OK;
}

static int read_public_url(const char *url, struct mailing *out)
{
    size_t len = url != NULL ? strlen(url) : 0;
    if (len == 0) return EXIT_OK;
    if ((strncmp(url, "https://", 8) && strncmp(url, "http://", 7)) || !printable(url) ||
        strpbrk(url, "?#\"<>\\") != NULL || len >= sizeof out->public_url)
        return refuse("public-url", "must be a web address such as https://chat.example.org");
    if (url[len - 1] == '/') len--;
    snprintf(out->public_url, sizeof out->public_url, "%.*s", (int)len, url);
    return EXIT_OK;
}

static int read_smtp(const struct options *o, struct mailing *out)
{
    const char *tls = o->value[OPT_SMTP_TLS], *why = url_fault(o->value[OPT_SMTP_URL]);
    struct smtp_config *c = &out->smtp;
    if (why != NULL) return refuse("smtp-url", why);
    if (strcmp(tls, "required") != 0 && strcmp(tls, "optional") != 0)
        return refuse("smtp-tls", "must be required or optional");
    if (!o->value[OPT_SMTP_USER] != !o->value[OPT_SMTP_PASSWORD])
        return refuse("smtp-user", "and --smtp-password belong together");
    if (o->value[OPT_MAIL_FROM] == NULL)
        return refuse("smtp-url", "needs --mail-from, the sender of all mail");
    if (o->value[OPT_OUTBOUND_CA] != NULL && access(o->value[OPT_OUTBOUND_CA], R_OK) != 0)
        return refuse("outbound-ca", "must be a file that can be read");
    *c = (struct smtp_config){.url = o->value[OPT_SMTP_URL],
                              .user = o->value[OPT_SMTP_USER],
                              .password = o->value[OPT_SMTP_PASSWORD],
                              .from = out->address,
                              .ca_file = o->value[OPT_OUTBOUND_CA],
                              .tls_optional = strcmp(tls, "optional") == 0,
                              .timeout_ms = (uint32_t)options_int(o, OPT_SMTP_TIMEOUT_MS)};
    if (c->tls_optional && c->password != NULL && !stays_here(c->url))
        return refuse("smtp-tls",
                      "optional could send the password in the clear: it is for this machine's own server");
    out->on = true;
    return EXIT_OK;
}

int mailing_read(const struct options *o, struct mailing *out)
{
    memset(out, 0, sizeof *out);
    int status = read_public_url(o->value[OPT_PUBLIC_URL], out);
    if (status == EXIT_OK && o->value[OPT_MAIL_FROM] != NULL)
        status = read_from(o->value[OPT_MAIL_FROM], out);
    if (status == EXIT_OK && o->value[OPT_SMTP_URL] != NULL) status = read_smtp(o, out);
    return status;
}

void mailing_log(const struct mailing *m)
{
    if (!m->on) {
        log_write(LOG_INFO,
                  "mail is off: no --smtp-url is set; what would be mailed is recorded as not sent");
        return;
    }
    log_write(LOG_INFO, "mail is on", LOG_STR("server", m->smtp.url), LOG_STR("from", m->address));
    if (m->public_url[0] == '\0')
        log_write(LOG_WARN, "--public-url is not set: mails bear no links, so nobody can unsubscribe by one");
}
