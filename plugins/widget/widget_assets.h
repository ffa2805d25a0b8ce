/* The files of the widget and the full page, as the static router takes them.
 * They were bundled and compressed by plugins/widget/build.sh and lie in the
 * binary. */
#ifndef WIDGET_ASSETS_H
#define WIDGET_ASSETS_H

#include <stddef.h>

struct static_file;

#define WIDGET_ASSETS_MAX 80

/* Fills out[WIDGET_ASSETS_MAX] (net/static_file.h) and returns how many there
 * are; everything it points to is static. */
size_t widget_assets(struct static_file *out);

/* Of the address /w/VERSION/, and what a snippet writes into its integrity attribute. */
const char *widget_version(void);
const char *widget_integrity(void);
/* The full page with {placeholders}, filled in by scripts/api/page.lua. */
const char *widget_page(void);

#endif
