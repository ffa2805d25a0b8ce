/* azentiko script log --bot ID: what a bot's scripts have said. */
#ifndef CLI_SCRIPT_LOG_H
#define CLI_SCRIPT_LOG_H

struct options;

int script_log(const struct options *o); /* exit status; with --follow it ends by a signal */

#endif
