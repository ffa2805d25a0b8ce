/* See seal.h. OpenSSL does the work; a random nonce of 96 bits is safe for
 * billions of texts under one key, and we seal a few for each tenant. */
#include "base/seal.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base/mem.h"

#define VERSION 1
#define NONCE 12
#define TAG 16
#define HEAD (1 + NONCE)

void seal_key(const unsigned char secret[SEAL_KEY_LEN], const char *purpose, size_t purpose_len,
              int64_t tenant, unsigned char key[SEAL_KEY_LEN])
{
    struct buf info;
    buf_init(&info);
    buf_add(&info, "seal", 5);
    buf_add(&info, purpose, purpose_len);
    buf_char(&info, '\0');
    buf_i64(&info, tenant);
    HMAC(EVP_sha256(), secret, SEAL_KEY_LEN, (const unsigned char *)info.data, info.len, key, NULL);
    buf_deinit(&info);
}

void seal(const unsigned char key[SEAL_KEY_LEN], struct clock *random, const char *text, size_t len,
          struct buf *out)
{
    size_t total = HEAD + len + TAG;
    unsigned char *raw = mem_alloc(total);
    int n = 0;
    raw[0] = VERSION;
    clock_random(random, raw + 1, NONCE);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int ok = EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, raw + 1) &&
             EVP_EncryptUpdate(c, NULL, &n, raw, 1) &&
             EVP_EncryptUpdate(c, raw + HEAD, &n, (const unsigned char *)text, (int)len) &&
             EVP_EncryptFinal_ex(c, raw + HEAD + n, &n) &&
             EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, raw + HEAD + len);
    assert(ok);
    (void)ok;
    EVP_CIPHER_CTX_free(c);
    size_t encoded = 4 * ((total + 2) / 3);
    EVP_EncodeBlock((unsigned char *)buf_reserve(out, encoded + 1), raw, (int)total);
    out->len += encoded;
    mem_free(raw);
}

static int open_raw(const unsigned char key[SEAL_KEY_LEN], unsigned char *raw, size_t total, struct buf *out)
{
    size_t len = total - HEAD - TAG;
    int n = 0, m = 0;
    unsigned char *text = (unsigned char *)buf_reserve(out, len + 1);
    EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
    int ok = EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, key, raw + 1) &&
             EVP_DecryptUpdate(c, NULL, &n, raw, 1) && EVP_DecryptUpdate(c, text, &n, raw + HEAD, (int)len) &&
             EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, raw + HEAD + len) &&
             EVP_DecryptFinal_ex(c, text + n, &m) == 1;
    EVP_CIPHER_CTX_free(c);
    if (!ok) return ERR_DENIED;
    out->len += len;
    return ERR_OK;
}

int unseal(const unsigned char key[SEAL_KEY_LEN], const char *sealed, size_t len, struct buf *out)
{
    if (len == 0 || len % 4 != 0 || len > (1 << 20)) return ERR_DENIED;
    unsigned char *raw = mem_alloc(len);
    int total = EVP_DecodeBlock(raw, (const unsigned char *)sealed, (int)len);
    for (size_t i = len; total > 0 && i > 0 && sealed[i - 1] == '='; i--) total--;
    int err = total >= HEAD + TAG && raw[0] == VERSION ? open_raw(key, raw, (size_t)total, out) : ERR_DENIED;
    mem_free(raw);
    return err;
}
