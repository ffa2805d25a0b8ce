/* A SQLite VFS that lets tests break the disk. Becomes the default one; the
 * store knows nothing of it. */
#ifndef TEST_FAULTY_VFS_H
#define TEST_FAULTY_VFS_H

#include <stdbool.h>

void faulty_vfs_install(void);
/* The n-th write, sync or truncate from now on fails once (1 is the next); 0 disarms. */
void faulty_vfs_fail_at(int n);
bool faulty_vfs_fired(void);       /* since the last fail_at */
void faulty_vfs_full(bool full);   /* every write fails with "disk full" meanwhile */
int faulty_vfs_unsynced_log(void); /* writes to a -wal file after its last sync */

#endif
