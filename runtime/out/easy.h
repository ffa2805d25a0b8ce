/* What every libcurl handle of the server has in common. */
#ifndef OUT_EASY_H
#define OUT_EASY_H

#include <curl/curl.h>

/* Nothing from the environment, no redirects, bounded connecting, certificates
 * checked; protocols: "http,https". ca_file NULL: the system's alone. */
void easy_harden(CURL *easy, const char *protocols, const char *ca_file);

#endif
