/* Reads the embedded schema/queries files into one table, sorted by name, so
 * that an id is an index. The files are ours and tested: whatever is wrong
 * with one stops the process at its first use, with file and line. */
#include "store/statements.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/mem.h"
#include "store/sections.h"

extern const struct embedded_file store_queries_files[];
extern const size_t store_queries_files_count;

#define STATEMENTS_MAX 512

static struct statement table[STATEMENTS_MAX];
static uint16_t count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

struct place {
    const char *file;
    int line;
};

static _Noreturn void broken(const struct place *at, const char *what)
{
    fprintf(stderr, "%s:%d: %s\n", at->file, at->line, what);
    abort();
}

/* Highest $N, and whether all of $1..$N occur. */
static unsigned parameters(const char *sql, const struct place *at)
{
    unsigned seen = 0, highest = 0;
    for (const char *p = strchr(sql, '$'); p != NULL; p = strchr(p + 1, '$')) {
        unsigned n = (unsigned)strtoul(p + 1, NULL, 10);
        if (n == 0 || n > STATEMENT_PARAMS_MAX) broken(at, "parameter number out of range");
        seen |= 1u << (n - 1);
        if (n > highest) highest = n;
    }
    if (highest < 32 && seen != (1u << highest) - 1)
        broken(at, "a parameter between $1 and the last is not used");
    return highest;
}

static const char *text_of(struct buf *b)
{
    while (b->len != 0 && strchr("\n; ", b->data[b->len - 1]) != NULL) b->len--;
    return b->len == 0 ? NULL : mem_dup(b->data, b->len);
}

static void finish(struct statement *s, struct sections *text, const struct place *at)
{
    if (s->name == NULL) return;
    s->sqlite = text_of(&text->sqlite);
    s->postgres = text_of(&text->postgres);
    if (s->sqlite == NULL && s->postgres == NULL) broken(at, "a statement without text");
    if (count == STATEMENTS_MAX) broken(at, "too many statements");
    unsigned n = parameters(s->sqlite ? s->sqlite : s->postgres, at);
    if (s->sqlite && s->postgres && parameters(s->postgres, at) != n)
        broken(at, "the two texts differ in parameters");
    if (!s->system_only && n == 0) broken(at, "$1, the tenant, is not used");
    s->params = (uint8_t)(s->system_only ? n : n - 1);
    table[count++] = *s;
}

static void begin(struct statement *s, struct sections *text, const char *name, size_t len)
{
    sections_deinit(text);
    sections_init(text);
    memset(s, 0, sizeof *s);
    s->name = mem_dup(name, len);
}

static bool is(const char *value, size_t len, const char *word)
{
    return len == strlen(word) && memcmp(value, word, len) == 0;
}

static void one_line(struct statement *s, struct sections *text, const char *line, size_t len,
                     const struct place *at)
{
    const char *v;
    size_t n;
    if (sections_directive(line, len, "name", &v, &n)) {
        finish(s, text, at);
        begin(s, text, v, n);
    } else if (sections_directive(line, len, "expect", &v, &n)) {
        if (!is(v, n, "one")) broken(at, "expect: one is all there is");
        s->expect_one = true;
    } else if (sections_directive(line, len, "tenant", &v, &n)) {
        if (!is(v, n, "none")) broken(at, "tenant: none is all there is");
        s->system_only = true;
    } else if (sections_directive(line, len, "use", &v, &n)) {
        if (!is(v, n, "store") && !is(v, n, "script")) broken(at, "use: store or script");
        s->use = v[1] == 't' ? USE_STORE : USE_SCRIPT;
    } else if (!sections_line(text, line, len)) {
        broken(at, "on: sqlite, postgres or both");
    } else if (s->name == NULL && text->sqlite.len != 0) {
        broken(at, "text before the first name");
    }
}

static void read_file(const struct embedded_file *file)
{
    struct place at = {file->name, 0};
    struct statement s = {0};
    struct sections text;
    sections_init(&text);
    for (const char *line = file->data; line < file->end;) {
        const char *end = memchr(line, '\n', (size_t)(file->end - line));
        if (end == NULL) end = file->end;
        at.line++;
        one_line(&s, &text, line, (size_t)(end - line), &at);
        line = end + 1;
    }
    finish(&s, &text, &at);
    sections_deinit(&text);
}

static int by_name(const void *a, const void *b)
{
    const struct statement *left = a, *right = b;
    return strcmp(left->name, right->name);
}

static void load(void)
{
    for (size_t i = 0; i < store_queries_files_count; i++) read_file(&store_queries_files[i]);
    qsort(table, count, sizeof table[0], by_name);
    for (unsigned i = 1; i < count; i++) {
        struct place at = {table[i].name, 0};
        if (strcmp(table[i].name, table[i - 1].name) == 0) broken(&at, "two statements of this name");
    }
}

uint16_t statement_find(const char *name, size_t len)
{
    pthread_once(&once, load);
    unsigned low = 0, high = count;
    while (low < high) {
        unsigned mid = (low + high) / 2;
        size_t n = strlen(table[mid].name);
        int order = memcmp(name, table[mid].name, len < n ? len : n);
        if (order == 0 && len == n) return (uint16_t)mid;
        if (order < 0 || (order == 0 && len < n))
            high = mid;
        else
            low = mid + 1;
    }
    return STATEMENT_NONE;
}

const struct statement *statement_get(uint16_t id)
{
    pthread_once(&once, load);
    return id < count ? &table[id] : NULL;
}

uint16_t statement_count(void)
{
    pthread_once(&once, load);
    return count;
}
