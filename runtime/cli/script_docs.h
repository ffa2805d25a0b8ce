/* Prints what the scripts' table of their API says. */
#ifndef CLI_SCRIPT_DOCS_H
#define CLI_SCRIPT_DOCS_H

struct options;

int script_docs(const struct options *o,
                const char *what); /* "reference", "stubs", "completions"; exit status */

#endif
