/* host.*: signatures of others' schemes, base64, and secrets at rest. Keys of
 * clients pass through here as plain texts, for platform scripts only. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/seal.h"
#include "vm/internal.h"

#define TEXT_MAX (1u << 20)

static const char *text_arg(lua_State *L, int index, size_t *len)
{
    const char *s = luaL_checklstring(L, index, len);
    luaL_argcheck(L, *len <= TEXT_MAX, index, "at most 1 MiB");
    return s;
}

/* hmac(key, text): HMAC-SHA256, base64. */
static int l_hmac(lua_State *L)
{
    size_t key_len, len;
    unsigned char mac[EVP_MAX_MD_SIZE], encoded[64];
    const char *key = text_arg(L, 1, &key_len), *text = text_arg(L, 2, &len);
    HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text, len, mac, NULL);
    return lua_pushlstring(L, (char *)encoded, (size_t)EVP_EncodeBlock(encoded, mac, 32)), 1;
}

static int l_base64(lua_State *L)
{
    size_t len;
    luaL_Buffer b;
    const char *text = text_arg(L, 1, &len);
    char *out = luaL_buffinitsize(L, &b, 4 * ((len + 2) / 3) + 1);
    int n = EVP_EncodeBlock((unsigned char *)out, (const unsigned char *)text, (int)len);
    return luaL_pushresultsize(&b, (size_t)n), 1;
}

/* unbase64(text): the bytes, or nil when it is not well-formed. */
static int l_unbase64(lua_State *L)
{
    size_t len;
    luaL_Buffer b;
    const char *text = text_arg(L, 1, &len);
    if (len % 4 != 0) return lua_pushnil(L), 1;
    char *out = luaL_buffinitsize(L, &b, len + 1);
    int n = len == 0 ? 0 : EVP_DecodeBlock((unsigned char *)out, (const unsigned char *)text, (int)len);
    if (n < 0) return lua_pushnil(L), 1;
    for (size_t i = len; i > 0 && text[i - 1] == '=' && n > 0; i--) n--;
    return luaL_pushresultsize(&b, (size_t)n), 1;
}

/* equal(a, b): in a time that depends on their lengths alone. */
static int l_equal(lua_State *L)
{
    size_t n, m;
    const char *a = luaL_checklstring(L, 1, &n), *b = luaL_checklstring(L, 2, &m);
    return lua_pushboolean(L, n == m && CRYPTO_memcmp(a, b, n) == 0), 1;
}

static void key_of(lua_State *L, unsigned char key[SEAL_KEY_LEN]) // purpose at 1
{
    size_t n;
    struct vm_state *s = vm_state_of(L);
    const char *purpose = luaL_checklstring(L, 1, &n);
    seal_key(s->config->secret, purpose, n, s->tenant, key);
}

/* seal(purpose, text): base64 that only this server opens, for this tenant and purpose. */
static int l_seal(lua_State *L)
{
    size_t len;
    unsigned char key[SEAL_KEY_LEN];
    struct vm_state *s = vm_state_of(L);
    const char *text = text_arg(L, 2, &len);
    key_of(L, key);
    buf_reset(&s->scratch);
    seal(key, s->config->clock, text, len, &s->scratch);
    return lua_pushlstring(L, s->scratch.data, s->scratch.len), 1;
}

/* unseal(purpose, sealed): the text, or nil. */
static int l_unseal(lua_State *L)
{
    size_t len;
    unsigned char key[SEAL_KEY_LEN];
    struct vm_state *s = vm_state_of(L);
    const char *sealed = text_arg(L, 2, &len);
    key_of(L, key);
    buf_reset(&s->scratch);
    if (unseal(key, sealed, len, &s->scratch) != ERR_OK) return lua_pushnil(L), 1;
    lua_pushlstring(L, s->scratch.data, s->scratch.len);
    OPENSSL_cleanse(s->scratch.data, s->scratch.len);
    return 1;
}

static const luaL_Reg functions[] = {{"hmac", l_hmac},   {"base64", l_base64}, {"unbase64", l_unbase64},
                                     {"equal", l_equal}, {"seal", l_seal},     {"unseal", l_unseal},
                                     {NULL, NULL}};

void vm_secret_open(lua_State *L) { luaL_setfuncs(L, functions, 0); } // host
