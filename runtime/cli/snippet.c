/* azentiko snippet: the tag that brings the chat to a website, with the
 * version of this binary and its hash. It asks no database: the key is public
 * and a tag with a wrong one says so in the browser. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "widget_assets.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

int command_snippet(const struct options *o)
{
    const char *key = o->arguments > 1 ? o->argument[1] : "";
    const char *host = o->arguments > 2 ? o->argument[2] : "https://YOUR-CHAT-SERVER";
    if (strncmp(key, "pk_", 3) != 0 || key[strspn(key, LETTERS)] != '\0' || strpbrk(host, "\"<> ") != NULL) {
        fprintf(stderr, "azentiko: snippet: a public key (pk_...) and the address of this server, please\n");
        return EXIT_USAGE;
    }
    printf("<!-- follows the server's version -->\n"
           "<script async src=\"%s/w.js\" data-bot=\"%s\"></script>\n\n"
           "<!-- this version and no other; print it again after an upgrade -->\n"
           "<script async src=\"%s/w/%s/w.js\" integrity=\"%s\" crossorigin=\"anonymous\" "
           "data-bot=\"%s\"></script>\n",
           host, key, host, widget_version(), widget_integrity(), key);
    return EXIT_OK;
}
