#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

/* The libraries of scripts do what the stock ones do, but for their bounds.
 * Random calls from a fixed seed; tests/fuzz/fuzz_match.c goes on from there. */
#include "lua_twin.h"
#include "twin_code.h"

static uint64_t seed;

static uint32_t pick(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}

static size_t random_text(char *out, size_t most, const char *alphabet)
{
    size_t n = pick((uint32_t)most + 1), letters = strlen(alphabet);
    for (size_t i = 0; i < n; i++) out[i] = alphabet[pick((uint32_t)letters)];
    out[n] = '\0';
    return n;
}

static void expect_same(const struct twin_text *args, int n)
{
    const char *ours, *stock;
    if (twin_same(args, n, &ours, &stock)) return;
    for (int i = 0; i < n; i++) print_message("argument %d: %.*s\n", i + 1, (int)args[i].len, args[i].s);
    if (ours == NULL || stock == NULL) fail_msg("one of them failed");
    size_t at = 0; /* the first difference, with what stands before it */
    while (ours[at] == stock[at] && ours[at] != '\0') at++;
    at = at > 40 ? at - 40 : 0;
    fail_msg("ours:  %.200s\nstock: %.200s", ours + at, stock + at);
}

static void patterns_match_as_the_stock_ones(void **state)
{
    (void)state;
    char text[40], pattern[24], with[12];
    twin_open(TWIN_PATTERNS);
    seed = 1;
    for (int i = 0; i < 20000; i++) {
        struct twin_text args[] = {{text, random_text(text, 30, "aab b(()).%1\n")},
                                   {pattern, random_text(pattern, 16, "aab.%%%()[]^$*+-?bfsSd1-z")},
                                   {with, random_text(with, 8, "a%%012")},
                                   {"-3", 2}};
        char n[8];
        args[3].len = (size_t)snprintf(n, sizeof n, "%d", (int)pick(12) - 5);
        args[3].s = n;
        expect_same(args, 4);
    }
    twin_close();
}

static void formats_are_the_stock_ones(void **state)
{
    (void)state;
    char format[32], value[12];
    twin_open(TWIN_FORMAT);
    seed = 2;
    for (int i = 0; i < 20000; i++) {
        struct twin_text args[] = {{format, random_text(format, 12, "%%%%sdcqxXgaeifuo0123459.-+ #z")},
                                   {value, 0}};
        args[1].len = (size_t)snprintf(value, sizeof value, "%u", pick(15) + 1);
        expect_same(args, 2);
    }
    twin_close();
}

static void other_functions_are_the_stock_ones(void **state)
{
    (void)state;
    char text[24], n[4][8];
    twin_open(TWIN_OTHERS);
    seed = 3;
    for (int i = 0; i < 8000; i++) {
        struct twin_text args[5] = {
            {text, random_text(text, 16, "abc\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\x80 ")}};
        for (int k = 0; k < 4; k++) {
            args[k + 1].len = (size_t)snprintf(n[k], sizeof n[k], "%d", (int)pick(24) - 8);
            args[k + 1].s = n[k];
        }
        expect_same(args, 5);
    }
    twin_close();
}

static void coroutines_are_the_stock_ones(void **state)
{
    (void)state;
    twin_open(TWIN_PROGRAM);
    for (int i = 1; i <= TWIN_PROGRAMS; i++) {
        char n[12];
        struct twin_text arg = {n, (size_t)snprintf(n, sizeof n, "%d", i)};
        expect_same(&arg, 1);
    }
    twin_close();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match_as_the_stock_ones),
        cmocka_unit_test(formats_are_the_stock_ones),
        cmocka_unit_test(other_functions_are_the_stock_ones),
        cmocka_unit_test(coroutines_are_the_stock_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
