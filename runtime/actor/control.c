/* See control.h. */
#include "actor/control.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/list.h"
#include "base/mem.h"

struct control {
    uv_pipe_t pipe;
    struct list clients;
    int count; /* clients, and 1 while the socket is open: freed at 0 */
    int (*handle)(void *ctx, const char *line, struct buf *answer);
    void *ctx;
};

struct client {
    uv_pipe_t pipe;
    struct list link;
    uv_write_t write;
    struct control *control;
    struct buf answer;
    char line[CONTROL_LINE_MAX];
    size_t len;
};

static int socket_path(const char *data_dir, char *out, size_t len)
{
    int n = snprintf(out, len, "%s/control.sock", data_dir);
    return n > 0 && (size_t)n < len && (size_t)n < sizeof((struct sockaddr_un *)NULL)->sun_path ? ERR_OK
                                                                                                : ERR_LIMIT;
}

static void release(struct control *c)
{
    if (--c->count == 0) mem_free(c);
}

static void on_client_closed(uv_handle_t *h)
{
    struct client *c = h->data;
    list_remove(&c->link);
    release(c->control);
    buf_deinit(&c->answer);
    mem_free(c);
}

static void close_client(struct client *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->pipe)) uv_close((uv_handle_t *)&c->pipe, on_client_closed);
}

static void on_answered(uv_write_t *w, int status)
{
    (void)status;
    close_client(w->data);
}

static void answer(struct client *c)
{
    struct buf text;
    buf_init(&text);
    int err = c->control->handle(c->control->ctx, c->line, &text);
    buf_str(&c->answer, err == ERR_OK ? "ok\n" : "error\n");
    buf_add(&c->answer, text.data, text.len);
    buf_deinit(&text);
    uv_buf_t b = uv_buf_init(c->answer.data, (unsigned)c->answer.len);
    c->write.data = c;
    uv_read_stop((uv_stream_t *)&c->pipe);
    if (uv_write(&c->write, (uv_stream_t *)&c->pipe, &b, 1, on_answered) != 0) close_client(c);
}

static void on_alloc(uv_handle_t *h, size_t size, uv_buf_t *b)
{
    struct client *c = h->data;
    (void)size;
    *b = uv_buf_init(c->line + c->len, (unsigned)(sizeof c->line - 1 - c->len));
}

static void on_read(uv_stream_t *s, ssize_t n, const uv_buf_t *b)
{
    struct client *c = s->data;
    (void)b;
    if (n < 0) return close_client(c);
    c->len += (size_t)n;
    c->line[c->len] = '\0';
    char *end = strchr(c->line, '\n');
    if (end != NULL) {
        *end = '\0';
        answer(c);
    } else if (c->len == sizeof c->line - 1) {
        close_client(c);
    }
}

static void on_connection(uv_stream_t *s, int status)
{
    struct control *control = s->data;
    if (status != 0) return;
    struct client *c = mem_zalloc(sizeof *c);
    c->control = control;
    c->pipe.data = c;
    buf_init(&c->answer);
    list_push_back(&control->clients, &c->link);
    control->count++;
    uv_pipe_init(s->loop, &c->pipe, 0);
    if (uv_accept(s, (uv_stream_t *)&c->pipe) != 0 || control->count > CONTROL_CLIENTS_MAX + 1 ||
        uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read) != 0)
        close_client(c);
}

int control_open(uv_loop_t *loop, const char *data_dir,
                 int (*handle)(void *ctx, const char *line, struct buf *answer), void *ctx,
                 struct control **out, char *why, size_t why_len)
{
    char path[4096];
    if (socket_path(data_dir, path, sizeof path) != ERR_OK) {
        snprintf(why, why_len, "%s: too long a path for a control socket", data_dir);
        return ERR_LIMIT;
    }
    struct control *c = mem_zalloc(sizeof *c);
    list_init(&c->clients);
    c->count = 1;
    c->handle = handle;
    c->ctx = ctx;
    unlink(path); /* a killed server leaves its socket; the pid file's lock says that nobody listens */
    uv_pipe_init(loop, &c->pipe, 0);
    c->pipe.data = c;
    mode_t old = umask(0077);
    int err = uv_pipe_bind(&c->pipe, path);
    umask(old);
    if (err == 0) err = uv_listen((uv_stream_t *)&c->pipe, CONTROL_CLIENTS_MAX, on_connection);
    if (err != 0) {
        snprintf(why, why_len, "%s: %s", path, uv_strerror(err));
        control_close(c);
        return ERR_IO;
    }
    *out = c;
    return ERR_OK;
}

static void on_control_closed(uv_handle_t *h) { release(h->data); }

/* Its clients go, too: one that only sits there must not hold up the end. */
void control_close(struct control *c)
{
    for (struct list *at = c->clients.next; at != &c->clients; at = at->next)
        close_client(container_of(at, struct client, link));
    uv_close((uv_handle_t *)&c->pipe, on_control_closed);
}

int control_ask(const char *data_dir, const char *line, struct buf *answer)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    char path[4096];
    if (socket_path(data_dir, path, sizeof path) != ERR_OK) return ERR_LIMIT;
    snprintf(to.sun_path, sizeof to.sun_path, "%.*s", (int)sizeof to.sun_path - 1, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        if (fd >= 0) close(fd);
        return ERR_UNAVAILABLE;
    }
    size_t from = answer->len;
    bool sent = write(fd, line, strlen(line)) == (ssize_t)strlen(line) && write(fd, "\n", 1) == 1;
    ssize_t n;
    while (sent && (n = read(fd, buf_reserve(answer, 4096), 4096)) > 0) answer->len += (size_t)n;
    close(fd);
    const char *text = buf_cstr(answer) + from;
    int err = strncmp(text, "ok\n", 3) == 0      ? ERR_OK
              : strncmp(text, "error\n", 6) == 0 ? ERR_INVALID
                                                 : ERR_CLOSED;
    size_t head = err == ERR_OK ? 3 : err == ERR_INVALID ? 6 : 0;
    memmove(answer->data + from, text + head, answer->len - from - head);
    answer->len -= head;
    return err;
}
