/* RFC 6455 frames. A frame that arrived whole is unmasked and handed out where
 * it lies in the read buffer; only what a read cut in two is copied, into a
 * ws_partial that lives until the message is whole. Every length is checked
 * against the limits when the head is known, before a byte of payload is kept.
 * Text is checked as it arrives, so a bad byte ends the connection without
 * waiting for the rest of the message. net/conn.c answers the events. */
#include "net/websocket.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "net/text_check.h"

#define MAX_HEAD 14 /* two bytes, eight of length, four of mask */
#define MAX_CONTROL 125

const struct ws_limits ws_limits_default = {64u << 10, 256u << 10, 1024, true, false};
const struct ws_limits ws_limits_echo = {16u << 20, 32u << 20, 16384, true, true};

struct frame {
    enum ws_opcode opcode;
    bool fin;
    uint64_t len;
    unsigned char mask[4];
};

enum step { STEP_HEAD, STEP_PAYLOAD, STEP_HANDED_OUT };

struct ws_partial {
    enum step step;
    struct frame frame; /* STEP_PAYLOAD: the one that is arriving */
    uint64_t left;      /* bytes of it still to come */
    unsigned char head[MAX_HEAD];
    size_t head_len;
    enum ws_opcode opcode; /* of the fragmented message, WS_CONTINUATION: none */
    struct buf message;
    size_t checked; /* bytes of message known to be UTF-8 */
    uint32_t fragments;
    char control[MAX_CONTROL];
    size_t control_len;
};

static bool is_control(enum ws_opcode o) { return o >= WS_CLOSE; }

static struct ws_partial *ensure(struct ws_partial **partial)
{
    if (*partial == NULL) *partial = mem_zalloc(sizeof **partial);
    return *partial;
}

void ws_partial_free(struct ws_partial *p)
{
    if (p == NULL) return;
    buf_deinit(&p->message);
    mem_free(p);
}

static void forget(struct ws_partial **partial) { ws_partial_free(*partial), *partial = NULL; }

static enum ws_result broken(struct ws_event *out, uint16_t code, const char *reason)
{
    out->code = code;
    out->reason = reason;
    return WS_BROKEN;
}

/* What the first two bytes can already tell. */
static const char *check_start(const unsigned char *p)
{
    enum ws_opcode opcode = p[0] & 15;
    if (p[0] & 0x70) return "reserved bit set";
    if (!(p[1] & 0x80)) return "unmasked frame";
    if ((opcode > WS_BINARY && opcode < WS_CLOSE) || opcode > WS_PONG) return "unknown opcode";
    if (is_control(opcode) && !(p[0] & 0x80)) return "fragmented control frame";
    if (is_control(opcode) && (p[1] & 0x7f) > MAX_CONTROL) return "control frame too long";
    return NULL;
}

static size_t head_size(const unsigned char *p)
{
    unsigned len = p[1] & 0x7f;
    return len == 127 ? 14 : len == 126 ? 8 : 6;
}

static const char *parse_head(const unsigned char *p, struct frame *f)
{
    size_t size = head_size(p);
    f->opcode = p[0] & 15;
    f->fin = (p[0] & 0x80) != 0;
    f->len = p[1] & 0x7f;
    if (size > 6) f->len = 0;
    for (size_t i = 2; i < size - 4; i++) f->len = f->len << 8 | p[i];
    memcpy(f->mask, p + size - 4, 4);
    if (size == 8 && f->len < 126) return "length not minimal";
    if (size == 14 && f->len <= 0xffff) return "length not minimal";
    if (f->len >> 63) return "length out of range";
    return NULL;
}

/* Takes a frame's head from what an earlier read left plus the input.
 * WS_MESSAGE: f is filled. */
static enum ws_result take_head(struct ws_partial **partial, char **data, size_t *len, struct frame *f,
                                struct ws_event *out)
{
    struct ws_partial *p = *partial;
    const unsigned char *head = (const unsigned char *)*data;
    size_t have = *len, kept = 0;
    unsigned char joined[MAX_HEAD];
    if (p != NULL && p->head_len != 0) {
        kept = p->head_len;
        have = *len < MAX_HEAD - kept ? *len + kept : MAX_HEAD;
        memcpy(joined, p->head, kept);
        memcpy(joined + kept, *data, have - kept);
        head = joined;
    }
    const char *wrong = have >= 2 ? check_start(head) : NULL;
    if (wrong != NULL) return broken(out, 1002, wrong);
    if (have < 2 || have < head_size(head)) {
        if (have == 0) return WS_MORE;
        p = ensure(partial);
        memcpy(p->head + kept, *data, have - kept);
        p->head_len = have;
        *data += *len;
        *len = 0;
        return WS_MORE;
    }
    wrong = parse_head(head, f);
    if (wrong != NULL) return broken(out, 1002, wrong);
    *data += head_size(head) - kept;
    *len -= head_size(head) - kept;
    if (p != NULL) p->head_len = 0;
    return WS_MESSAGE;
}

/* The frame against the message it belongs to and the limits. */
static enum ws_result check_frame(const struct ws_partial *p, const struct ws_limits *limits,
                                  const struct frame *f, struct ws_event *out)
{
    if (is_control(f->opcode)) return WS_MESSAGE;
    bool open = p != NULL && p->opcode != WS_CONTINUATION;
    if (f->opcode == WS_CONTINUATION && !open) return broken(out, 1002, "continuation of nothing");
    if (f->opcode != WS_CONTINUATION && open) return broken(out, 1002, "message inside a message");
    if (f->opcode == WS_TEXT && !limits->text) return broken(out, 1003, "text is not accepted here");
    if (f->opcode == WS_BINARY && !limits->binary) return broken(out, 1003, "binary is not accepted here");
    size_t before = open ? p->message.len : 0;
    if (f->len > limits->max_message || before + f->len > limits->max_message)
        return broken(out, 1009, "message too big");
    if (open && p->fragments >= limits->max_fragments) return broken(out, 1008, "too many fragments");
    return WS_MESSAGE;
}

/* at: how many bytes of the frame came before. */
static void unmask(char *data, size_t len, const unsigned char mask[4], uint64_t at)
{
    unsigned char turned[8];
    for (size_t i = 0; i < 8; i++) turned[i] = mask[(at + i) & 3];
    uint64_t wide, word;
    memcpy(&wide, turned, 8);
    size_t i = 0;
    for (; len - i >= 8; i += 8) {
        memcpy(&word, data + i, 8);
        word ^= wide;
        memcpy(data + i, &word, 8);
    }
    for (; i < len; i++) data[i] = (char)(data[i] ^ (char)turned[i & 7]);
}

bool ws_close_code_valid(uint16_t code)
{
    if (code >= 3000 && code <= 4999) return true;
    return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

static enum ws_result hand_out(struct ws_event *out, enum ws_opcode opcode, char *data, size_t len)
{
    out->opcode = opcode;
    out->data = data;
    out->len = len;
    if (opcode != WS_CLOSE) return WS_MESSAGE;
    out->code = 1005;
    if (len == 0) return WS_MESSAGE;
    if (len == 1) return broken(out, 1002, "half a close code");
    uint16_t code = (uint16_t)((unsigned char)data[0] << 8 | (unsigned char)data[1]);
    if (!ws_close_code_valid(code)) return broken(out, 1002, "close code not allowed");
    if (!utf8_valid(data + 2, len - 2)) return broken(out, 1007, "close reason is not UTF-8");
    out->code = code;
    out->data += 2;
    out->len -= 2;
    return WS_MESSAGE;
}

/* The frame lies whole in the input and is all of its message. */
static enum ws_result take_whole(const struct frame *f, char **data, size_t *len, struct ws_event *out)
{
    char *start = *data;
    size_t n = (size_t)f->len;
    unmask(start, n, f->mask, 0);
    *data += n;
    *len -= n;
    if (f->opcode == WS_TEXT && !utf8_valid(start, n)) return broken(out, 1007, "text is not UTF-8");
    return hand_out(out, f->opcode, start, n);
}

static void begin_payload(struct ws_partial *p, const struct frame *f)
{
    p->step = STEP_PAYLOAD;
    p->frame = *f;
    p->left = f->len;
    p->control_len = 0;
    if (is_control(f->opcode)) return;
    if (f->opcode != WS_CONTINUATION) p->opcode = f->opcode;
    p->fragments++;
}

/* Copies what has come of the frame; WS_MORE when it is not whole, or whole
 * but not the last of its message (then step is STEP_HEAD). */
static enum ws_result take_payload(struct ws_partial *p, char **data, size_t *len, struct ws_event *out)
{
    const struct frame *f = &p->frame;
    size_t n = *len < p->left ? *len : (size_t)p->left;
    bool control = is_control(f->opcode);
    char *to = control ? p->control + p->control_len : buf_reserve(&p->message, n + 1);
    memcpy(to, *data, n);
    unmask(to, n, f->mask, f->len - p->left);
    if (control)
        p->control_len += n;
    else
        p->message.len += n;
    *data += n;
    *len -= n;
    p->left -= n;
    bool whole = p->left == 0;
    if (!control && p->opcode == WS_TEXT &&
        !text_check(p->message.data, p->message.len, &p->checked, whole && f->fin))
        return broken(out, 1007, "text is not UTF-8");
    if (!whole) return WS_MORE;
    p->step = STEP_HEAD;
    if (control) return hand_out(out, f->opcode, p->control, p->control_len);
    if (!f->fin) return WS_MORE;
    p->step = STEP_HANDED_OUT;
    return hand_out(out, p->opcode, p->message.data, p->message.len);
}

static bool idle(const struct ws_partial *p)
{
    return p->step == STEP_HEAD && p->head_len == 0 && p->opcode == WS_CONTINUATION;
}

enum ws_result ws_next(struct ws_partial **partial, const struct ws_limits *limits, char **data, size_t *len,
                       struct ws_event *out)
{
    if (*partial != NULL && (*partial)->step == STEP_HANDED_OUT) forget(partial);
    for (;;) {
        enum ws_result r;
        if (*partial == NULL || (*partial)->step == STEP_HEAD) {
            struct frame f;
            r = take_head(partial, data, len, &f, out);
            if (r == WS_MESSAGE) r = check_frame(*partial, limits, &f, out);
            if (r == WS_MORE && *partial != NULL && idle(*partial)) forget(partial);
            if (r != WS_MESSAGE) return r;
            if (f.len <= *len && (is_control(f.opcode) || (f.fin && f.opcode != WS_CONTINUATION)))
                return take_whole(&f, data, len, out);
            begin_payload(ensure(partial), &f);
        }
        r = take_payload(*partial, data, len, out);
        if (r != WS_MORE || (*partial)->step == STEP_PAYLOAD) return r;
    }
}

void ws_write(struct buf *out, enum ws_opcode opcode, const void *data, size_t len)
{
    unsigned char *p = (unsigned char *)buf_reserve(out, len + 10);
    size_t n = 2;
    p[0] = (unsigned char)(0x80 | opcode);
    if (len < 126) {
        p[1] = (unsigned char)len;
    } else if (len <= 0xffff) {
        p[1] = 126;
        n = 4;
    } else {
        p[1] = 127;
        n = 10;
    }
    for (size_t i = 2; i < n; i++) p[i] = (unsigned char)((uint64_t)len >> (8 * (n - 1 - i)));
    if (len != 0) memcpy(p + n, data, len);
    out->len += n + len;
}

void ws_write_close(struct buf *out, uint16_t code, const char *reason)
{
    char payload[MAX_CONTROL] = {(char)(code >> 8), (char)code};
    size_t n = reason != NULL ? strlen(reason) : 0;
    if (n > MAX_CONTROL - 2) n = MAX_CONTROL - 2;
    while (n != 0 && !utf8_valid(reason, n)) n--;
    if (n != 0) memcpy(payload + 2, reason, n);
    ws_write(out, WS_CLOSE, payload, code == 1005 ? 0 : n + 2);
}
