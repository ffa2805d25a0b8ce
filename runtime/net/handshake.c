/* Sec-WebSocket-Key in, Sec-WebSocket-Accept out: SHA-1 of the key and a fixed
 * text, in base64. No secret is involved; it only shows that the server read
 * the request as a handshake. */
#include "net/handshake.h"

#include <assert.h>
#include <ctype.h>
#include <openssl/evp.h>
#include <string.h>
#include <uv.h>

#define KEY_LEN 24
#define MAGIC "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static EVP_MD *sha1; /* looked up once: a look-up costs more than the digest */

static void look_up(void)
{
    sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    assert(sha1 != NULL);
}

void handshake_prepare(void)
{
    static uv_once_t once = UV_ONCE_INIT;
    uv_once(&once, look_up);
}

bool handshake_key_valid(const char *key)
{
    if (strlen(key) != KEY_LEN || strcmp(key + KEY_LEN - 2, "==") != 0) return false;
    for (int i = 0; i < KEY_LEN - 2; i++)
        if (!isalnum((unsigned char)key[i]) && key[i] != '+' && key[i] != '/') return false;
    return true;
}

void handshake_accept(const char *key, char out[HANDSHAKE_ACCEPT_LEN])
{
    char text[KEY_LEN + sizeof MAGIC];
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    handshake_prepare();
    memcpy(text, key, KEY_LEN);
    memcpy(text + KEY_LEN, MAGIC, sizeof MAGIC);
    int ok = EVP_Digest(text, KEY_LEN + sizeof MAGIC - 1, digest, &len, sha1, NULL);
    assert(ok == 1 && len == 20);
    (void)ok;
    EVP_EncodeBlock((unsigned char *)out, digest, (int)len);
}
