#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
// clang-format off: cmocka needs the headers above first
#include <cmocka.h>
// clang-format on

#include "json_reference.h"
#include "vm/internal.h"
#include "vm/json.h"
#include "vm/json_read.h"

static struct vm_config config;
static struct vm_state *vm;

static int open_vm(void **state)
{
    (void)state;
    config.clock = clock_real();
    vm = vm_state_new(&config, 1);
    return 0;
}

static int close_vm(void **state)
{
    (void)state;
    vm_state_free(vm);
    return 0;
}

/* NULL when the text is taken; both readers must say the same of it. */
static const char *fault(const char *text)
{
    const char *why = NULL, *differ = NULL;
    if (!json_agree(vm->L, text, strlen(text), &differ)) fail_msg("%s: %s", text, differ);
    bool taken = vm_json_decode(vm->L, text, strlen(text), &why);
    lua_settop(vm->L, 0);
    return taken ? NULL : why;
}

static void takes_what_rfc_8259_takes(void **state)
{
    (void)state;
    const char *good[] = {"{}",
                          "[]",
                          " [ 1 , 2.5e-3 , -0 ] ",
                          "\"\\u00e9\\ud83d\\ude00\"",
                          "{\"a\":{\"b\":[true,false,null]}}",
                          "0",
                          "-12.5E+10",
                          "1e400",
                          "12345678901234567890",
                          "\"\xc3\xa9 and eight more bytes\"",
                          "{\"\\u0061\":1,\"b\":2}",
                          "\"\\/\\b\\f\\n\\r\\t\\\\\""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) assert_null(fault(good[i]));
}

static void refuses_what_it_does_not(void **state)
{
    (void)state;
    const char *bad[] = {"",
                         " ",
                         "{",
                         "[1,]",
                         "{\"a\":1,}",
                         "{a:1}",
                         "{'a':1}",
                         "[1 2]",
                         "01",
                         "1.",
                         "1e",
                         "+1",
                         ".5",
                         "nul",
                         "\"\\x\"",
                         "\"\\ud800\"",
                         "\"\\udc00\\ud800\"",
                         "\"\xff\"",
                         "\"\xc0\x80\"",
                         "\"a\nb\"",
                         "\"open",
                         "\"open and long enough for eight bytes at a time",
                         "{} {}",
                         "[1]]",
                         "tru",
                         "NaN",
                         "Infinity",
                         "[\"\\u12g4\"]",
                         "{\"a\"}",
                         "{\"a\":}",
                         "\"\\",
                         "\"\\u00",
                         "\xef\xbb\xbf{}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_non_null(fault(bad[i]));
}

static void a_name_comes_once(void **state)
{
    (void)state;
    char text[4000], *at;
    static const char why[] = "the same name twice in an object";
    assert_string_equal(fault("{\"a\":1,\"a\":2}"), why);
    assert_string_equal(fault("{\"a\":null,\"b\":1,\"\\u0061\":2}"), why);
    assert_null(fault("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}"));
    for (int twice = 0; twice < 40; twice++) { /* also past what waits on the stack at once */
        at = text + sprintf(text, "{\"n40\":0");
        for (int i = 0; i < 40; i++) at += sprintf(at, ",\"n%d\":%d", i, i);
        assert_true(sprintf(at, ",\"n%d\":0}", twice) > 0);
        assert_string_equal(fault(text), why);
        strcpy(at, "}");
        assert_null(fault(text));
    }
    char longer[200];
    snprintf(longer, sizeof longer, "{\"%050d\":1,\"%050d\":2}", 7, 7); /* not an interned string */
    assert_string_equal(fault(longer), why);
    snprintf(longer, sizeof longer, "{\"%050d\":1,\"%050d\":2}", 7, 8);
    assert_null(fault(longer));
}

static void depth_is_bounded(void **state)
{
    (void)state;
    char deep[200];
    const char *why = NULL;
    memset(deep, '[', 100), memset(deep + 100, ']', 100);
    assert_true(json_read(vm->L, deep, 200, 100, vm_state_scratch(vm), &why));
    assert_int_equal(lua_gettop(vm->L), 1);
    assert_false(json_read(vm->L, deep, 200, 99, vm_state_scratch(vm), &why));
    assert_string_equal(why, "nested too deep");
    assert_int_equal(lua_gettop(vm->L), 1);
    lua_settop(vm->L, 0);
}

static void lists_of_any_length_keep_their_order(void **state)
{
    (void)state;
    char text[2000];
    const char *why = NULL;
    for (int n = 1; n < 100; n++) {
        char *at = text + sprintf(text, "[1");
        for (int i = 2; i <= n; i++) at += sprintf(at, ",%d", i);
        strcpy(at, "]");
        assert_true(vm_json_decode(vm->L, text, strlen(text), &why));
        assert_int_equal(lua_rawlen(vm->L, 1), n);
        for (int i = 1; i <= n; i++) {
            assert_int_equal(lua_rawgeti(vm->L, 1, i), LUA_TNUMBER);
            assert_int_equal(lua_tointeger(vm->L, -1), i);
            lua_pop(vm->L, 1);
        }
        lua_settop(vm->L, 0);
        assert_null(fault(text));
    }
}

static uint64_t seed = 0x9e3779b97f4a7c15u;

static unsigned next(unsigned below) /* splitmix64: the same inputs in every run */
{
    uint64_t z = (seed += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ (z >> 31)) % below);
}

static void agrees_with_lua_cjson(void **state)
{
    (void)state;
    static const char base[] =
        "{\"a\":[1,-2.50e1,[],{}],\"\xc3\xa9\":\"\\u00e4\\ud83d\\ude00\\n\",\"w\":9007199254740993,"
        "\"n\":null,\"t\":[true,false],\"s\":\"plain text of some length\"} ";
    static const char spice[] = "{}[]\",:\\u0019eE+-.ntf \x80\xc3\xa9\x01";
    char text[sizeof base + 8];
    const char *why = NULL;
    for (int i = 0; i < 20000; i++) {
        size_t from = next(4) ? 0 : next(sizeof base - 1), n = sizeof base - 1 - from;
        memcpy(text, base + from, n);
        if (!next(4)) n = next((unsigned)n) + 1;
        for (unsigned k = next(4); k > 0; k--) text[next((unsigned)n)] = spice[next(sizeof spice - 1)];
        if (!json_agree(vm->L, text, n, &why)) fail_msg("%.*s: %s", (int)n, text, why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_rfc_8259_takes), cmocka_unit_test(refuses_what_it_does_not),
        cmocka_unit_test(a_name_comes_once),         cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(agrees_with_lua_cjson),     cmocka_unit_test(lists_of_any_length_keep_their_order),
    };
    return cmocka_run_group_tests(tests, open_vm, close_vm);
}
