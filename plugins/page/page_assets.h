/* The files of the full-page chat, as the static router takes them. They were
 * bundled and compressed by plugins/page/build.sh and lie in the binary. */
#ifndef PAGE_ASSETS_H
#define PAGE_ASSETS_H

struct static_file;

/* Also the number of rows in the table. */
#define PAGE_ASSET_COUNT 5

/* Fills out[PAGE_ASSET_COUNT] (net/static_file.h); everything it points to is
 * static. "/chat/" + anything is the page itself, which reads its own URL. */
void page_assets(struct static_file *out);

#endif
