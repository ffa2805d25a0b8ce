#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/seal.h"

static const unsigned char secret[SEAL_KEY_LEN] = "an example of thirty-two bytes.";

static void test_what_is_sealed_opens_for_its_owner_alone(void **state)
{
    unsigned char key[SEAL_KEY_LEN], other[SEAL_KEY_LEN];
    struct buf a, b, out;
    (void)state;
    buf_init(&a), buf_init(&b), buf_init(&out);
    seal_key(secret, "webhook", 7, 1, key);
    seal(key, clock_real(), "whsec_x\0y", 9, &a);
    seal(key, clock_real(), "whsec_x\0y", 9, &b);
    assert_true(a.len == b.len && memcmp(a.data, b.data, a.len) != 0); /* no two alike */
    assert_int_equal(unseal(key, a.data, a.len, &out), ERR_OK);
    assert_int_equal(out.len, 9);
    assert_memory_equal(out.data, "whsec_x\0y", 9);
    seal_key(secret, "webhook", 7, 2, other);
    assert_int_equal(unseal(other, a.data, a.len, &out), ERR_DENIED);
    seal_key(secret, "mail", 4, 1, other);
    assert_int_equal(unseal(other, a.data, a.len, &out), ERR_DENIED);
    for (size_t i = 0; i + 2 < a.len; i++) {
        char kept = a.data[i];
        a.data[i] = kept == 'A' ? 'B' : 'A';
        assert_int_equal(unseal(key, a.data, a.len, &out), ERR_DENIED);
        a.data[i] = kept;
    }
    assert_int_equal(unseal(key, a.data, a.len - 4, &out), ERR_DENIED);
    assert_int_equal(unseal(key, "", 0, &out), ERR_DENIED);
    assert_int_equal(unseal(key, "AAAA", 4, &out), ERR_DENIED);
    buf_reset(&a), buf_reset(&out);
    seal(key, clock_real(), "", 0, &a);
    assert_int_equal(unseal(key, a.data, a.len, &out), ERR_OK);
    assert_int_equal(out.len, 0);
    buf_deinit(&a), buf_deinit(&b), buf_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_what_is_sealed_opens_for_its_owner_alone)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
