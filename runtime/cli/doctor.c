/* azentiko doctor: what an operator would look at first, on one page. It
 * changes nothing. Exit 1 when something keeps a server from working. */
#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "actor/control.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/zone.h"
#include "cli/command.h"
#include "store/migrate.h"

#define FILES_WANTED 65536
#define DISK_WARN (1ull << 30) /* bytes free */
#define DISK_FAIL (64ull << 20)
#define CERT_WARN_DAYS 14

enum verdict { FINE, WARN, FAIL };

struct doctor {
    bool json;
    int lines, failed;
};

static void say(struct doctor *d, enum verdict v, const char *what, const char *finding)
{
    static const char *const names[] = {"ok", "warn", "fail"};
    struct buf b;
    buf_init(&b);
    if (v == FAIL) d->failed++;
    if (d->json) {
        buf_fmt(&b, "%c{\"what\":\"%s\",\"verdict\":\"%s\",\"finding\":", d->lines ? ',' : '[', what,
                names[v]);
        buf_json(&b, finding, strlen(finding));
        buf_char(&b, '}');
        printf("%s", buf_cstr(&b));
    } else {
        printf("%-5s %-14s %s\n", names[v], what, finding);
    }
    d->lines++;
    buf_deinit(&b);
}

static void look_at_data(struct doctor *d, const char *data)
{
    char text[4300];
    struct stat s;
    if (stat(data, &s) != 0) {
        snprintf(text, sizeof text, "%s: %s (serve makes it)", data, strerror(errno));
        return say(d, WARN, "data folder", text);
    }
    bool writable = access(data, R_OK | W_OK | X_OK) == 0, open = (s.st_mode & 077) != 0;
    snprintf(text, sizeof text, "%s%s", data,
             !writable ? " cannot be written by this user"
             : open    ? " can be read by others: chmod 700"
                       : " is this user's alone");
    say(d, !writable ? FAIL : open ? WARN : FINE, "data folder", text);
    snprintf(text, sizeof text, "%s/secret.key", data);
    bool key = stat(text, &s) == 0;
    say(d,
        !key                                   ? WARN
        : s.st_size != 32 || (s.st_mode & 077) ? FAIL
                                               : FINE,
        "keys",
        !key                ? "there are none yet (serve makes them)"
        : s.st_size != 32   ? "secret.key is damaged: what was sealed cannot be opened"
        : (s.st_mode & 077) ? "secret.key can be read by others: chmod 600"
                            : "secret.key is there and this user's alone");
}

static void look_at_disk(struct doctor *d, const char *data)
{
    char text[128];
    struct statvfs s;
    if (statvfs(data, &s) != 0 && statvfs(".", &s) != 0) return;
    unsigned long long left = (unsigned long long)s.f_bavail * s.f_frsize;
    snprintf(text, sizeof text, "%llu MB free", left >> 20);
    say(d, left < DISK_FAIL ? FAIL : left < DISK_WARN ? WARN : FINE, "disk", text);
}

static void look_at_database(struct doctor *d, const struct options *o)
{
    char path[4300], text[700], why[512] = "";
    struct migrate_report report = {0};
    struct store_config config = {.url = o->value[OPT_DATABASE], .data_dir = o->value[OPT_DATA]};
    snprintf(path, sizeof path, "%s/azentiko.db", config.data_dir);
    if (config.url == NULL && access(path, F_OK) != 0)
        return say(d, WARN, "database", "there is none yet (serve makes it)");
    int err = migrate(&config, MIGRATE_STATUS, &report, why, sizeof why);
    size_t pending = 0, wrong = 0;
    for (size_t i = 0; i < report.count; i++) {
        pending += report.line[i].state == MIGRATION_PENDING;
        wrong += report.line[i].state != MIGRATION_PENDING && report.line[i].state != MIGRATION_APPLIED;
    }
    if (err != ERR_OK)
        snprintf(text, sizeof text, "%s", why);
    else if (wrong > 0)
        snprintf(text, sizeof text, "is of another version: %zu migrations are changed or unknown here",
                 wrong);
    else if (pending > 0)
        snprintf(text, sizeof text, "%zu migrations are pending (serve or migrate applies them)", pending);
    else
        snprintf(text, sizeof text, "is reached, and of this version");
    say(d, err != ERR_OK || wrong > 0 ? FAIL : pending > 0 ? WARN : FINE, "database", text);
    mem_free(report.line);
}

static void look_at_limits(struct doctor *d)
{
    char text[128];
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0) return;
    snprintf(text, sizeof text, "%llu at most%s", (unsigned long long)r.rlim_max,
             r.rlim_max < FILES_WANTED ? ": each visitor takes one, raise ulimit -n" : "");
    say(d, r.rlim_max < FILES_WANTED ? WARN : FINE, "open files", text);
}

static void look_at_zones(struct doctor *d)
{
    int minutes;
    bool there = zone_offset("Europe/Berlin", 1795600000, &minutes) == ERR_OK;
    say(d, there ? FINE : FAIL, "time zones",
        there ? "are known" : "are not installed (package tzdata): opening hours cannot be told");
}

static void look_at_certificate(struct doctor *d, const char *path)
{
    char text[4300];
    if (path == NULL) return say(d, FINE, "TLS", "none: plain HTTP, for behind a proxy");
    FILE *f = fopen(path, "re");
    X509 *cert = f != NULL ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
    if (f != NULL) fclose(f);
    if (cert == NULL) {
        snprintf(text, sizeof text, "%s: is no certificate, or cannot be read", path);
        return say(d, FAIL, "TLS", text);
    }
    int days = 0, seconds = 0;
    (void)ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(cert));
    X509_free(cert);
    snprintf(text, sizeof text,
             days < 0 || seconds < 0 ? "the certificate has ended" : "the certificate is good for %d days",
             days);
    say(d, days < 0 || seconds < 0 ? FAIL : days < CERT_WARN_DAYS ? WARN : FINE, "TLS", text);
}

static void look_at_server(struct doctor *d, const char *data)
{
    struct buf answer;
    buf_init(&answer);
    int err = control_ask(data, "metrics", &answer);
    say(d, err == ERR_OK || err == ERR_UNAVAILABLE ? FINE : WARN, "server",
        err == ERR_OK            ? "runs on this data folder and answers"
        : err == ERR_UNAVAILABLE ? "none runs on this data folder"
                                 : "runs on this data folder and gives no answer");
    buf_deinit(&answer);
}

int command_doctor(const struct options *o)
{
    struct doctor d = {.json = options_flag(o, OPT_JSON)};
    const char *data = o->value[OPT_DATA];
    look_at_data(&d, data);
    look_at_disk(&d, data);
    look_at_database(&d, o);
    look_at_limits(&d);
    look_at_zones(&d);
    look_at_certificate(&d, o->value[OPT_TLS_CERT]);
    look_at_server(&d, data);
    if (d.json) printf("]\n");
    return d.failed > 0 ? EXIT_FAILED : EXIT_OK;
}
