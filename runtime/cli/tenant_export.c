/* azentiko tenant export ACCOUNT DIR: everything of one account in a new
 * folder: account.jsonl, a row a line, and the bytes of its files. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/account_rows.h"
#include "cli/command.h"
#include "cli/store_call.h"
#include "net/intake.h"
#include "store/encode.h"

struct export
{
    const char *files; /* of the server: data folder/files */
    const char *dir;
    FILE *out;
    int64_t rows, copied, absent;
};

static void add_value(struct buf *b, const struct param *p)
{
    if (p->type == PARAM_INT)
        buf_fmt(b, "%lld", (long long)p->integer);
    else if (p->type == PARAM_TEXT)
        buf_json(b, p->text, p->len);
    else
        buf_str(b, "null");
}

static int copy(const char *from, const char *to)
{
    char block[65536];
    ssize_t n = -1;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0) return ERR_NOT_FOUND;
    int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    while (out >= 0 && (n = read(in, block, sizeof block)) > 0)
        if (write(out, block, (size_t)n) != n) break;
    close(in);
    bool ok = out >= 0 && n == 0 && fsync(out) == 0;
    if (out >= 0) close(out);
    return ok ? ERR_OK : ERR_IO;
}

/* A file whose bytes are not there is counted, not an end: its row says that it was. */
static int copy_file(struct export *e, const struct param *name)
{
    char text[64], from[4096], to[4096];
    if (name->type != PARAM_TEXT || name->len >= sizeof text) return ERR_INVALID;
    snprintf(text, sizeof text, "%.*s", (int)name->len, name->text);
    if (!intake_path(e->files, text, from, sizeof from)) return e->absent++, ERR_OK;
    snprintf(to, sizeof to, "%s/files/%s", e->dir, text);
    int err = copy(from, to);
    if (err == ERR_NOT_FOUND) return e->absent++, ERR_OK;
    if (err == ERR_OK) e->copied++;
    return err;
}

static int write_row(struct export *e, const char *table, const struct rows_reader *r,
                     const struct param *value)
{
    struct buf b;
    int err = ERR_OK;
    buf_init(&b);
    buf_fmt(&b, "{\"table\":\"%s\",\"row\":{", table);
    for (int c = 0; c < r->columns; c++) {
        buf_fmt(&b, "%s\"%.*s\":", c > 0 ? "," : "", r->name_len[c], r->name[c]);
        add_value(&b, &value[c]);
        if (strcmp(table, "file") == 0 && r->name_len[c] == 4 && memcmp(r->name[c], "name", 4) == 0)
            err = copy_file(e, &value[c]);
    }
    buf_str(&b, "}}\n");
    if (fwrite(b.data, 1, b.len, e->out) != b.len) err = ERR_IO;
    buf_deinit(&b);
    e->rows++;
    return err;
}

static int on_page(void *ctx, const char *table, struct rows_reader *r)
{
    struct param value[ROWS_COLUMNS_MAX];
    int err = ERR_OK;
    while (err == ERR_OK && rows_next(r, value)) err = write_row(ctx, table, r, value);
    return err;
}

static int export_to(struct export *e, struct store *s, int64_t tenant)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/files", e->dir);
    if (mkdir(e->dir, 0700) != 0 || mkdir(path, 0700) != 0)
        return fprintf(stderr, "azentiko: %s: %s\n", e->dir, strerror(errno)), ERR_IO;
    snprintf(path, sizeof path, "%s/account.jsonl", e->dir);
    e->out = fopen(path, "wxe");
    if (e->out == NULL) return fprintf(stderr, "azentiko: %s: %s\n", path, strerror(errno)), ERR_IO;
    int err = account_rows(s, tenant, on_page, e);
    if (fflush(e->out) != 0 || fsync(fileno(e->out)) != 0) err = ERR_IO;
    fclose(e->out);
    if (err == ERR_IO) fprintf(stderr, "azentiko: %s: cannot be written\n", e->dir);
    return err;
}

int command_tenant_export(const struct options *o)
{
    char files[4096];
    if (o->arguments != 4)
        return fprintf(stderr, "azentiko: usage: azentiko tenant export ACCOUNT DIR\n"), EXIT_USAGE;
    struct export e = {.files = files, .dir = o->argument[3]};
    struct store *s = store_for(o);
    if (s == NULL) return EXIT_FAILED;
    snprintf(files, sizeof files, "%s/files", o->value[OPT_DATA]);
    int64_t tenant = store_call_tenant(s, "tenant.by_public_id", o->argument[2], "account", "tenant list");
    int err = tenant != 0 ? export_to(&e, s, tenant) : ERR_NOT_FOUND;
    store_close(s);
    if (err != ERR_OK) return EXIT_FAILED;
    if (options_flag(o, OPT_JSON))
        printf("{\"account\":\"%s\",\"rows\":%lld,\"files\":%lld,\"files_absent\":%lld}\n", o->argument[2],
               (long long)e.rows, (long long)e.copied, (long long)e.absent);
    else
        printf("%lld rows and %lld files are in %s\n", (long long)e.rows, (long long)e.copied, e.dir);
    return EXIT_OK;
}
