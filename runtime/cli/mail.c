/* azentiko mail test|preview: does mail go out, and what does it look like? */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "actor/account.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/mailing.h"
#include "cli/scripts_arg.h"
#include "out/smtp.h"
#include "vm/bundle.h"

static int fail(const char *why)
{
    fprintf(stderr, "azentiko: %s\n", why);
    return EXIT_FAILED;
}

/* What an entry of the prelude emits. Nothing is written, so it comes back as if it were faults. */
static int emit(struct bundle *scripts, const char *entry, const char *text, const char *options,
                struct buf *out)
{
    struct buf writes;
    buf_init(&writes);
    int err = account_call(scripts, clock_real(), 1, entry, text, strlen(text), options, &writes, out);
    buf_deinit(&writes);
    if (err == ERR_INVALID) return ERR_OK;
    fprintf(stderr, "azentiko: %s", buf_cstr(out));
    return err == ERR_OK ? ERR_INTERNAL : err;
}

/* ---- test ---- */

static int say_result(const struct smtp_result *r, const char *to, const char *url)
{
    static const char *const meaning[] = {
        [SMTP_SENT] = "",
        [SMTP_REFUSED] = "the server refused this recipient or message for good",
        [SMTP_LATER] = "the server does not take it now; from the queue it would be tried again",
        [SMTP_AWAY] = "the server cannot be used",
        [SMTP_UNSURE] = "the message was handed over but no answer came: it may have arrived",
        [SMTP_BUSY] = "it was not tried",
    };
    if (r->verdict == SMTP_SENT) {
        printf("sent to %s by %s in %u ms\n", to, url, r->ms);
        return EXIT_OK;
    }
    fprintf(stderr, "azentiko: mail to %s by %s: %s (%s)\n", to, url, meaning[r->verdict], r->error);
    return EXIT_FAILED;
}

static int test(const struct options *o)
{
    struct mailing m;
    struct smtp_result r;
    struct buf options, message;
    const char *to = o->argument[2];
    int status = mailing_read(o, &m);
    if (status != EXIT_OK) return status;
    if (!m.on) return fail("mail is off: set --smtp-url and --mail-from (docs/operator-guide.md)");
    if (!smtp_address_fits(to, strlen(to))) return fail("this is not an address that mail can be sent to");
    struct bundle *scripts = scripts_for(o);
    if (scripts == NULL) return EXIT_FAILED;
    buf_init(&options);
    buf_init(&message);
    buf_str(&options, "{\"from\":");
    buf_json(&options, m.from, strlen(m.from));
    buf_char(&options, '}');
    status = EXIT_FAILED;
    if (emit(scripts, "mail_test", to, buf_cstr(&options), &message) == ERR_OK) {
        smtp_deliver(&m.smtp, to, message.data, message.len - 1, &r); /* without the line end of emit */
        status = say_result(&r, to, m.smtp.url);
    }
    bundle_release(scripts);
    buf_deinit(&options);
    buf_deinit(&message);
    return status;
}

/* ---- preview ---- */

static int write_file(const char *dir, const char *name, size_t name_len, const char *data, size_t len)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%.*s", dir, (int)name_len, name);
    FILE *f = fopen(path, "we");
    if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) != 0) {
        fprintf(stderr, "azentiko: %s: %s\n", path, strerror(errno));
        return ERR_IO;
    }
    return ERR_OK;
}

/* "name length\n", the bytes, "\n": again and again. */
static int write_files(const char *dir, const struct buf *out, int *count)
{
    const char *at = out->data, *end = out->data + out->len;
    while (at < end) {
        const char *blank = memchr(at, ' ', (size_t)(end - at));
        const char *line = memchr(at, '\n', (size_t)(end - at));
        if (blank == NULL || line == NULL || blank > line) return ERR_INTERNAL;
        size_t len = strtoul(blank + 1, NULL, 10);
        if (len > (size_t)(end - line - 1)) return ERR_INTERNAL;
        int err = write_file(dir, at, (size_t)(blank - at), line + 1, len);
        if (err != ERR_OK) return err;
        (*count)++;
        at = line + 1 + len + 1;
    }
    return ERR_OK;
}

static int preview(const struct options *o)
{
    static const char *const languages[] = {"en", "de", "fr", "es", "it", "ar"};
    const char *dir = o->argument[2];
    struct bundle *scripts = scripts_for(o);
    int err = scripts != NULL ? ERR_OK : ERR_INVALID, count = 0;
    if (err == ERR_OK && mkdir(dir, 0777) != 0 && errno != EEXIST) {
        fprintf(stderr, "azentiko: %s: %s\n", dir, strerror(errno));
        err = ERR_IO;
    }
    for (size_t i = 0; err == ERR_OK && i < sizeof languages / sizeof *languages; i++) {
        struct buf out;
        buf_init(&out);
        err = emit(scripts, "mail_preview", languages[i], "{}", &out);
        if (err == ERR_OK) err = write_files(dir, &out, &count);
        buf_deinit(&out);
    }
    bundle_release(scripts);
    if (err == ERR_OK) printf("%d files in %s\n", count, dir);
    return err == ERR_OK ? EXIT_OK : EXIT_FAILED;
}

int command_mail(const struct options *o)
{
    static const struct {
        const char *name;
        int arguments; /* "mail" and the verb included */
        int (*run)(const struct options *o);
    } verbs[] = {{"test", 3, test}, {"preview", 3, preview}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (o->arguments == verbs[i].arguments && strcmp(o->argument[1], verbs[i].name) == 0)
            return verbs[i].run(o);
    fprintf(stderr, "azentiko: usage: azentiko mail test ADDRESS | mail preview DIR\n");
    return EXIT_USAGE;
}
