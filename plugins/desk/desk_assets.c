/* Names the embedded files: address, type, caching and the page's policy. */
#include "desk_assets.h"

#include <assert.h>
#include <string.h>

#include "base/embed.h"
#include "desk_hashes.h"
#include "net/static_file.h"

extern const struct embedded_file desk_files[];

#define POLICY \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " \
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; " \
    "require-trusted-types-for 'script'; trusted-types 'none'"
#define IMMUTABLE "public, max-age=31536000, immutable"

static const struct http_header page_headers[] = {
    {"Content-Security-Policy", POLICY},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

static const struct {
    const char *path, *file, *type, *cache;
    size_t headers;
} rows[DESK_ASSET_COUNT] = {
    {"/desk", "desk.html", "text/html; charset=utf-8", "no-cache", sizeof page_headers / sizeof *page_headers},
    {"/assets/desk/" DESK_JS_HASH ".js", "desk.js", "text/javascript; charset=utf-8", IMMUTABLE, 0},
    {"/assets/desk/" DESK_CSS_HASH ".css", "desk.css", "text/css; charset=utf-8", IMMUTABLE, 0},
};

static struct static_bytes embedded(const char *name, const char *ending)
{
    size_t len = strlen(name);
    for (const struct embedded_file *f = desk_files; f->name; f++)
        if (strncmp(f->name, name, len) == 0 && strcmp(f->name + len, ending) == 0)
            return (struct static_bytes){f->data, (size_t)(f->end - f->data)};
    assert(!"the build embeds every file of the table");
    return (struct static_bytes){NULL, 0};
}

void desk_assets(struct static_file *out)
{
    for (size_t i = 0; i < DESK_ASSET_COUNT; i++)
        out[i] = (struct static_file){.path = rows[i].path,
                                      .type = rows[i].type,
                                      .plain = embedded(rows[i].file, ""),
                                      .gzip = embedded(rows[i].file, ".gz"),
                                      .brotli = embedded(rows[i].file, ".br"),
                                      .cache = rows[i].cache,
                                      .headers = page_headers,
                                      .header_count = rows[i].headers};
}
