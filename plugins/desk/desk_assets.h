/* The files of the team's desk, as the static router takes them. They were
 * bundled and compressed by plugins/desk/build.sh and lie in the binary. */
#ifndef DESK_ASSETS_H
#define DESK_ASSETS_H

struct static_file;

/* Also the number of rows in the table. */
#define DESK_ASSET_COUNT 3

void desk_assets(struct static_file *out); /* fills out[DESK_ASSET_COUNT]; all of it is static */

#endif
