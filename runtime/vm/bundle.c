/* Reads, hashes and precompiles a set of Lua files. Called at start and on
 * reload, on the main thread; never on a worker. */
#include "vm/bundle.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <openssl/evp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

struct bundle {
    _Atomic int refs;
    char version[BUNDLE_VERSION_LEN + 1];
    struct bundle_file *file;
    size_t count, cap;
};

static void add_file(struct bundle *b, const char *path, const char *text, size_t len)
{
    if (b->count == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 32;
        b->file = mem_realloc(b->file, b->cap * sizeof *b->file);
    }
    b->file[b->count++] = (struct bundle_file){mem_strdup(path), mem_dup(text, len), len, NULL, 0};
}

static int read_file(struct bundle *b, int dir, const char *name, const char *path, char *why, size_t why_len)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > BUNDLE_FILE_BYTES_MAX) {
        snprintf(why, why_len, "%s: cannot be read as a regular file of at most %u bytes", path,
                 BUNDLE_FILE_BYTES_MAX);
        if (fd >= 0) close(fd);
        return ERR_IO;
    }
    struct buf text;
    buf_init(&text);
    ssize_t n;
    while ((n = read(fd, buf_reserve(&text, 65536), 65536)) > 0 && text.len <= BUNDLE_FILE_BYTES_MAX)
        text.len += (size_t)n;
    close(fd);
    int err = n < 0 || text.len > BUNDLE_FILE_BYTES_MAX ? ERR_IO : ERR_OK;
    if (err)
        snprintf(why, why_len, "%s: %s", path, n < 0 ? strerror(errno) : "grew while it was read");
    else
        add_file(b, path, text.data ? text.data : "", text.len);
    buf_deinit(&text);
    return err;
}

static bool is_lua(const char *name)
{
    size_t n = strlen(name);
    return n > 4 && strcmp(name + n - 4, ".lua") == 0;
}

static int read_dir(struct bundle *b, int dir, const char *prefix, int depth, char *why, size_t why_len)
{
    DIR *d = fdopendir(dir); /* takes dir */
    if (d == NULL) return close(dir), snprintf(why, why_len, "%s: %s", prefix, strerror(errno)), ERR_IO;
    int err = ERR_OK;
    struct dirent *e;
    while (err == ERR_OK && (e = readdir(d)) != NULL) {
        if (e->d_name[0] == '.') continue;
        char path[512];
        snprintf(path, sizeof path, "%s%s%s", prefix, prefix[0] ? "/" : "", e->d_name);
        int sub = openat(dirfd(d), e->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (sub >= 0) {
            if (depth < 4)
                err = read_dir(b, sub, path, depth + 1, why, why_len);
            else
                close(sub);
        } else if (is_lua(e->d_name)) {
            if (b->count == BUNDLE_FILES_MAX) {
                snprintf(why, why_len, "%s: more than %d files", path, BUNDLE_FILES_MAX);
                err = ERR_LIMIT;
            } else
                err = read_file(b, dirfd(d), e->d_name, path, why, why_len);
        }
    }
    closedir(d);
    return err;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct bundle_file *)a)->path, ((const struct bundle_file *)b)->path);
}

static void hash(struct bundle *b)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    for (size_t i = 0; i < b->count; i++) {
        uint64_t size = b->file[i].text_len;
        EVP_DigestUpdate(ctx, b->file[i].path, strlen(b->file[i].path) + 1);
        EVP_DigestUpdate(ctx, &size, sizeof size);
        EVP_DigestUpdate(ctx, b->file[i].text, b->file[i].text_len);
    }
    EVP_DigestFinal_ex(ctx, digest, &len);
    EVP_MD_CTX_free(ctx);
    for (unsigned i = 0; i < 32; i++) snprintf(b->version + 2 * i, 3, "%02x", digest[i]);
}

static int append(lua_State *L, const void *p, size_t n, void *ud)
{
    (void)L;
    buf_add(ud, p, n);
    return 0;
}

static int compile(struct bundle *b, char *why, size_t why_len)
{
    lua_State *L = luaL_newstate();
    int err = ERR_OK;
    for (size_t i = 0; i < b->count && err == ERR_OK; i++) {
        struct bundle_file *f = &b->file[i];
        char name[520];
        snprintf(name, sizeof name, "=%s", f->path); /* "=": messages show it as it is */
        if (luaL_loadbufferx(L, f->text, f->text_len, name, "t") != LUA_OK) {
            const char *text = lua_tostring(L, -1);
            bool named = strncmp(text, f->path, strlen(f->path)) == 0; /* not when it is bytecode */
            snprintf(why, why_len, "%s%s%s", named ? "" : f->path, named ? "" : ": ", text);
            err = ERR_INVALID;
            break;
        }
        struct buf code;
        buf_init(&code);
        lua_dump(L, append, &code, 0);
        f->code = code.data; /* given */
        f->code_len = code.len;
        lua_settop(L, 0);
    }
    lua_close(L);
    return err;
}

static int finish(struct bundle *b, int err, struct bundle **out, char *why, size_t why_len)
{
    if (err == ERR_OK && b->count == 0) {
        snprintf(why, why_len, "no Lua files found");
        err = ERR_NOT_FOUND;
    }
    if (err == ERR_OK) {
        qsort(b->file, b->count, sizeof *b->file, by_path);
        hash(b);
        err = compile(b, why, why_len);
    }
    if (err != ERR_OK)
        bundle_release(b);
    else
        *out = b;
    return err;
}

static struct bundle *empty(void)
{
    struct bundle *b = mem_zalloc(sizeof *b);
    atomic_init(&b->refs, 1);
    return b;
}

int bundle_read(const char *dir, struct bundle **out, char *why, size_t why_len)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return snprintf(why, why_len, "%s: %s", dir, strerror(errno)), ERR_IO;
    struct bundle *b = empty();
    return finish(b, read_dir(b, fd, "", 0, why, why_len), out, why, why_len);
}

int bundle_from_embedded(const struct embedded_file *files, struct bundle **out, char *why, size_t why_len)
{
    struct bundle *b = empty();
    for (; files->name != NULL; files++)
        if (is_lua(files->name)) add_file(b, files->name, files->data, (size_t)(files->end - files->data));
    return finish(b, ERR_OK, out, why, why_len);
}

struct bundle *bundle_retain(struct bundle *b)
{
    atomic_fetch_add(&b->refs, 1);
    return b;
}

void bundle_release(struct bundle *b)
{
    if (b == NULL || atomic_fetch_sub(&b->refs, 1) != 1) return;
    for (size_t i = 0; i < b->count; i++) {
        mem_free(b->file[i].path);
        mem_free(b->file[i].text);
        mem_free(b->file[i].code);
    }
    mem_free(b->file);
    mem_free(b);
}

const char *bundle_version(const struct bundle *b) { return b->version; }
size_t bundle_count(const struct bundle *b) { return b->count; }
const struct bundle_file *bundle_at(const struct bundle *b, size_t i) { return &b->file[i]; }

const struct bundle_file *bundle_find(const struct bundle *b, const char *path)
{
    struct bundle_file key = {0};
    key.path = (char *)(uintptr_t)path; /* bsearch only reads it */
    return bsearch(&key, b->file, b->count, sizeof key, by_path);
}
