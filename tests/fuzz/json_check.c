/* Recursive-descent JSON checker; depth is bounded by its caller. */
#include "json_check.h"

#include <string.h>

#include "base/utf8.h"

struct scan {
    const char *start, *p, *end;
    struct json_facts *facts;
    struct buf *out;
    const char *mark;
    const char *copied; /* all before it is in out */
};

static bool value(struct scan *s, unsigned depth);

static bool fail(struct scan *s, const char *why)
{
    s->facts->why = why;
    s->facts->at = (size_t)(s->p - s->start);
    return false;
}

static void blanks(struct scan *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t' || *s->p == '\n' || *s->p == '\r')) s->p++;
}

/* Writes what came before `from`, then `text`, and goes on copying after p. */
static void replace(struct scan *s, const char *from, const char *text, size_t len)
{
    if (s->out == NULL) return;
    buf_add(s->out, s->copied, (size_t)(from - s->copied));
    buf_add(s->out, text, len);
    s->copied = s->p;
}

static int hex4(const char *p)
{
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
        if (d < 0) return -1;
        v = v * 16 + d;
    }
    return v;
}

static bool escape(struct scan *s) // at the backslash
{
    if (s->end - s->p < 2) return fail(s, "text ends in a string");
    char c = s->p[1];
    if (c != 'u') {
        if (c == '\0' || strchr("\"\\/bfnrt", c) == NULL) return fail(s, "unknown escape");
        s->p += 2;
        return true;
    }
    int v = s->end - s->p >= 6 ? hex4(s->p + 2) : -1;
    if (v < 0) return fail(s, "\\u needs four hex digits");
    if (v >= 0xdc00 && v <= 0xdfff) return fail(s, "lone surrogate");
    if (v >= 0xd800 && v <= 0xdbff) {
        int low = s->end - s->p >= 12 && s->p[6] == '\\' && s->p[7] == 'u' ? hex4(s->p + 8) : -1;
        if (low < 0xdc00 || low > 0xdfff) return fail(s, "lone surrogate");
        s->p += 6;
    }
    s->p += 6;
    return true;
}

/* Eight bytes at a time while none is a quote, a backslash, a control
 * character or above ASCII (the "has zero byte" trick of Mycroft, 1987). */
static void plain_run(struct scan *s)
{
    const uint64_t low = 0x0101010101010101u, high = 0x8080808080808080u;
    while (s->end - s->p >= 8) {
        uint64_t w, quote, slash;
        memcpy(&w, s->p, 8);
        quote = w ^ (low * '"');
        slash = w ^ (low * '\\');
        if ((w | (w - low * 0x20) | (quote - low) | (slash - low)) & high) return;
        s->p += 8;
    }
}

static bool string(struct scan *s) // at the opening quote
{
    s->p++;
    plain_run(s);
    while (s->p < s->end) {
        unsigned char c = (unsigned char)*s->p;
        if (c == '"') return s->p++, true;
        if (c == '\\') {
            if (!escape(s)) return false;
        } else if (c < 0x20) {
            return fail(s, "control character in a string");
        } else if (c < 0x80) {
            s->p++;
        } else {
            size_t n = utf8_next(s->p, (size_t)(s->end - s->p));
            if (n == 0) return fail(s, "not valid UTF-8");
            s->p += n;
        }
    }
    return fail(s, "text ends in a string");
}

static size_t digits(struct scan *s)
{
    const char *from = s->p;
    while (s->p < s->end && *s->p >= '0' && *s->p <= '9') s->p++;
    return (size_t)(s->p - from);
}

/* Does the decimal integer in [p, p+n) fit int64 but not 2^53? */
static bool is_wide(const char *p, size_t n, bool negative)
{
    static const char safe[] = "9007199254740992", limit[] = "9223372036854775807";
    (void)negative; /* -2^63 itself is left to the double, which holds it exactly */
    if (n < 16 || n > 19 || (n == 16 && memcmp(p, safe, 16) <= 0)) return false;
    return n < 19 || memcmp(p, limit, 19) <= 0;
}

static bool number(struct scan *s)
{
    const char *from = s->p;
    bool negative = *s->p == '-', whole = true;
    s->facts->numbers++;
    if (negative) s->p++;
    const char *first = s->p;
    size_t n = digits(s);
    if (n == 0) return fail(s, "not a value");
    if (n > 1 && *first == '0') return fail(s, "number with a leading zero");
    if (s->p < s->end && *s->p == '.') {
        whole = false;
        s->p++;
        if (digits(s) == 0) return fail(s, "number ends after its point");
    }
    if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
        whole = false;
        s->p++;
        if (s->p < s->end && (*s->p == '+' || *s->p == '-')) s->p++;
        if (digits(s) == 0) return fail(s, "number ends in its exponent");
    }
    if (s->p - from > 64) return fail(s, "number too long");
    if (whole && is_wide(first, n, negative)) {
        s->facts->wide_integers++;
        replace(s, from, "\"", 1);
        if (s->out != NULL) {
            buf_str(s->out, s->mark);
            buf_add(s->out, from, (size_t)(s->p - from));
            buf_char(s->out, '"');
        }
    }
    return true;
}

static bool word(struct scan *s, const char *w, size_t n)
{
    if ((size_t)(s->end - s->p) < n || memcmp(s->p, w, n) != 0) return fail(s, "not a value");
    s->p += n;
    return true;
}

static bool array(struct scan *s, unsigned depth)
{
    const char *from = s->p++;
    blanks(s);
    if (s->p < s->end && *s->p == ']') {
        s->p++;
        s->facts->empty_arrays++;
        replace(s, from, "[\"", 2);
        if (s->out != NULL) buf_str(s->out, s->mark), buf_str(s->out, "\"]");
        return true;
    }
    for (;;) {
        if (!value(s, depth)) return false;
        blanks(s);
        if (s->p == s->end) return fail(s, "text ends in an array");
        char c = *s->p++;
        if (c == ']') return true;
        if (c != ',') return s->p--, fail(s, "expected , or ]");
    }
}

/* The names of one object, as written. A name with an escape, or more names
 * than fit, leave the question to the decoder. */
#define NAMES_MAX 12

struct names {
    struct {
        const char *at;
        size_t len;
    } name[NAMES_MAX];
    unsigned count;
};

static bool note_name(struct scan *s, struct names *n, const char *from)
{
    size_t len = (size_t)(s->p - from);
    s->facts->members++;
    if (n->count == NAMES_MAX || memchr(from, '\\', len) != NULL) return s->facts->names_differ = false, true;
    for (unsigned i = 0; i < n->count; i++)
        if (n->name[i].len == len && memcmp(n->name[i].at, from, len) == 0)
            return fail(s, "the same name twice in an object");
    n->name[n->count].at = from;
    n->name[n->count++].len = len;
    return true;
}

static bool object(struct scan *s, unsigned depth)
{
    struct names names;
    names.count = 0;
    s->p++;
    blanks(s);
    if (s->p < s->end && *s->p == '}') return s->p++, true;
    for (;;) {
        blanks(s);
        const char *from = s->p;
        if (s->p == s->end || *s->p != '"') return fail(s, "expected a name in quotes");
        if (!string(s) || !note_name(s, &names, from)) return false;
        blanks(s);
        if (s->p == s->end || *s->p != ':') return fail(s, "expected :");
        s->p++;
        if (!value(s, depth)) return false;
        blanks(s);
        if (s->p == s->end) return fail(s, "text ends in an object");
        char c = *s->p++;
        if (c == '}') return true;
        if (c != ',') return s->p--, fail(s, "expected , or }");
    }
}

static bool value(struct scan *s, unsigned depth)
{
    blanks(s);
    if (s->p == s->end) return fail(s, "text ends early");
    switch (*s->p) {
    case '{': return depth == 0 ? fail(s, "nested too deep") : object(s, depth - 1);
    case '[': return depth == 0 ? fail(s, "nested too deep") : array(s, depth - 1);
    case '"': return string(s);
    case 't': return word(s, "true", 4);
    case 'f': return word(s, "false", 5);
    case 'n': return word(s, "null", 4);
    default: return number(s);
    }
}

bool json_check(const char *text, size_t len, unsigned depth_max, struct json_facts *facts, struct buf *out,
                const char *mark)
{
    memset(facts, 0, sizeof *facts);
    facts->names_differ = true;
    struct scan s = {text, text, text + len, facts, out, mark, text};
    if (!value(&s, depth_max)) return false;
    blanks(&s);
    if (s.p != s.end) return fail(&s, "more text after the value");
    if (out != NULL) buf_add(out, s.copied, (size_t)(s.end - s.copied));
    return true;
}
