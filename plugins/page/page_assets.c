/* Names the embedded files: address, type, caching and the page's policy.
 * Scripts and styles have their hash in the address and are kept for ever; the
 * page itself is asked for again each time, and answered 304 by its ETag. */
#include "page_assets.h"

#include <assert.h>
#include <string.h>

#include "base/embed.h"
#include "net/static_file.h"
#include "page_hashes.h"

extern const struct embedded_file page_files[];

#define POLICY \
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " \
    "img-src 'self' data: https:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'; " \
    "require-trusted-types-for 'script'; trusted-types 'none'"

static const struct http_header page_headers[] = {
    {"Content-Security-Policy", POLICY},
    {"Referrer-Policy", "strict-origin-when-cross-origin"},
    {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
};

#define IMMUTABLE "public, max-age=31536000, immutable"

struct row {
    const char *path, *file, *type, *cache;
};

static const struct row rows[PAGE_ASSET_COUNT] = {
    {"/chat/*", "index.html", "text/html; charset=utf-8", "no-cache"},
    {"/assets/page/" PAGE_JS_HASH ".js", "page.js", "text/javascript; charset=utf-8", IMMUTABLE},
    {"/assets/page/" PAGE_CSS_HASH ".css", "page.css", "text/css; charset=utf-8", IMMUTABLE},
    {"/favicon.svg", "favicon.svg", "image/svg+xml", "public, max-age=86400"},
    {"/favicon.ico", "favicon.svg", "image/svg+xml", "public, max-age=86400"},
};

static struct static_bytes embedded(const char *name, const char *ending)
{
    size_t len = strlen(name);
    for (const struct embedded_file *f = page_files; f->name; f++) {
        if (strncmp(f->name, name, len) == 0 && strcmp(f->name + len, ending) == 0)
            return (struct static_bytes){f->data, (size_t)(f->end - f->data)};
    }
    assert(!"the build embeds every file of the table");
    return (struct static_bytes){NULL, 0};
}

void page_assets(struct static_file *out)
{
    for (size_t i = 0; i < PAGE_ASSET_COUNT; i++) {
        bool is_page = rows[i].path == rows[0].path;
        out[i] = (struct static_file){
            .path = rows[i].path,
            .type = rows[i].type,
            .plain = embedded(rows[i].file, ""),
            .gzip = embedded(rows[i].file, ".gz"),
            .brotli = embedded(rows[i].file, ".br"),
            .cache = rows[i].cache,
            .headers = is_page ? page_headers : NULL,
            .header_count = is_page ? sizeof page_headers / sizeof *page_headers : 0,
        };
    }
}
