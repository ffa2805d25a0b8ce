/* Names the embedded files. All lie under /w/VERSION/, whose VERSION is a hash
 * of their bytes, and are kept for ever; /w.js alone is asked for again every
 * few minutes. Websites load them as scripts of another origin, with an
 * integrity attribute where they wish, so every site may read them. */
#include "widget_assets.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/embed.h"
#include "net/static_file.h"
#include "widget_version.h"

extern const struct embedded_file widget_files[];

#define IMMUTABLE "public, max-age=31536000, immutable"
#define PATH_MAX_LEN 96

static const struct http_header headers[] = {
    {"Access-Control-Allow-Origin", "*"},
    {"Cross-Origin-Resource-Policy", "cross-origin"},
};

const char *widget_version(void) { return WIDGET_VERSION; }
const char *widget_integrity(void) { return WIDGET_INTEGRITY; }

static struct static_bytes embedded(const char *name, const char *ending)
{
    size_t len = strlen(name);
    for (const struct embedded_file *f = widget_files; f->name; f++) {
        if (strncmp(f->name, name, len) == 0 && strcmp(f->name + len, ending) == 0)
            return (struct static_bytes){f->data, (size_t)(f->end - f->data)};
    }
    assert(!"the build embeds every file with its compressed forms");
    return (struct static_bytes){NULL, 0};
}

/* The embedded bytes end with a zero (cmake/embed.cmake). */
const char *widget_page(void) { return embedded("page.html", "").data; }

static const char *type_of(const char *name)
{
    const char *dot = strrchr(name, '.');
    if (strcmp(dot, ".js") == 0) return "text/javascript; charset=utf-8";
    if (strcmp(dot, ".css") == 0) return "text/css; charset=utf-8";
    if (strcmp(dot, ".svg") == 0) return "image/svg+xml";
    return NULL; /* compressed forms, and the page, which is a template */
}

static void add(struct static_file *out, const char *path, const char *name, const char *cache)
{
    *out = (struct static_file){
        .path = path,
        .type = type_of(name),
        .plain = embedded(name, ""),
        .gzip = embedded(name, ".gz"),
        .brotli = embedded(name, ".br"),
        .cache = cache,
        .headers = headers,
        .header_count = sizeof headers / sizeof *headers,
    };
}

size_t widget_assets(struct static_file *out)
{
    static char paths[WIDGET_ASSETS_MAX][PATH_MAX_LEN];
    size_t n = 0;
    add(&out[n++], "/w.js", "w.js", "public, max-age=300");
    add(&out[n++], "/favicon.svg", "favicon.svg", "public, max-age=86400");
    add(&out[n++], "/favicon.ico", "favicon.svg", "public, max-age=86400");
    for (const struct embedded_file *f = widget_files; f->name; f++) {
        if (type_of(f->name) == NULL) continue;
        assert(n < WIDGET_ASSETS_MAX);
        snprintf(paths[n], PATH_MAX_LEN, "/w/" WIDGET_VERSION "/%s", f->name);
        add(&out[n], paths[n], f->name, IMMUTABLE);
        n++;
    }
    return n;
}
