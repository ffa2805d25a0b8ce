/* azentiko healthcheck: for containers without an HTTP client. Knows TLS only
 * as far as that something listens. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "cli/command.h"

static int open_socket(const char *host, int port)
{
    struct sockaddr_storage to = {0};
    struct sockaddr_in *v4 = (struct sockaddr_in *)&to;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&to;
    struct timeval wait = {.tv_sec = 5};
    socklen_t len;
    if (strcmp(host, "0.0.0.0") == 0) host = "127.0.0.1";
    if (strcmp(host, "::") == 0) host = "::1";
    if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
        v4->sin_family = AF_INET;
        v4->sin_port = htons((uint16_t)port);
        len = sizeof *v4;
    } else {
        if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1) return -1;
        v6->sin6_family = AF_INET6;
        v6->sin6_port = htons((uint16_t)port);
        len = sizeof *v6;
    }
    int fd = socket(to.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (connect(fd, (struct sockaddr *)&to, len) == 0) return fd;
    close(fd);
    return -1;
}

int command_healthcheck(const struct options *o)
{
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    char host[64], answer[64] = "";
    int port;
    if (options_address(o->value[OPT_LISTEN], host, sizeof host, &port) != ERR_OK) return EXIT_USAGE;
    int fd = open_socket(host, port);
    bool ok = fd >= 0;
    if (ok && o->value[OPT_TLS_CERT] == NULL) {
        ok = write(fd, request, sizeof request - 1) == (ssize_t)sizeof request - 1;
        ok = ok && read(fd, answer, sizeof answer - 1) > 12 && strncmp(answer, "HTTP/1.1 200", 12) == 0;
    }
    if (fd >= 0) close(fd);
    if (!ok) fprintf(stderr, "azentiko: no healthy server at %s\n", o->value[OPT_LISTEN]);
    return ok ? EXIT_OK : EXIT_FAILED;
}
