/* Which files libpq reads for a connection: certificates, keys, passwords. */
#ifndef STORE_PG_FILES_H
#define STORE_PG_FILES_H

struct buf;

/* Appends their paths, each ended by a NUL; some may not exist. */
void pg_files(const char *url, struct buf *paths);

#endif
