/* Wraps each file of the real VFS and counts what changes the disk. */
#include "faulty_vfs.h"

#include <assert.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <string.h>

static sqlite3_vfs *real, faulty;
static _Atomic int countdown, unsynced;
static _Atomic bool fired, disk_full;

struct file {
    sqlite3_file base; /* first: SQLite sees this */
    bool is_log;
    sqlite3_file inner; /* the real one, and its bytes after it */
};

static sqlite3_file *in(sqlite3_file *f) { return &((struct file *)f)->inner; }

static bool fails(void)
{
    if (atomic_load(&countdown) == 0 || atomic_fetch_sub(&countdown, 1) != 1) return false;
    atomic_store(&fired, true);
    return true;
}

static int f_close(sqlite3_file *f) { return in(f)->pMethods->xClose(in(f)); }
static int f_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
    return in(f)->pMethods->xRead(in(f), p, n, at);
}

static int f_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
    if (atomic_load(&disk_full)) return SQLITE_FULL;
    if (fails()) return SQLITE_IOERR_WRITE;
    if (((struct file *)f)->is_log) atomic_fetch_add(&unsynced, 1);
    return in(f)->pMethods->xWrite(in(f), p, n, at);
}

static int f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
    return fails() ? SQLITE_IOERR_TRUNCATE : in(f)->pMethods->xTruncate(in(f), size);
}

static int f_sync(sqlite3_file *f, int flags)
{
    if (fails()) return SQLITE_IOERR_FSYNC;
    if (((struct file *)f)->is_log) atomic_store(&unsynced, 0);
    return in(f)->pMethods->xSync(in(f), flags);
}

static int f_size(sqlite3_file *f, sqlite3_int64 *size) { return in(f)->pMethods->xFileSize(in(f), size); }
static int f_lock(sqlite3_file *f, int how) { return in(f)->pMethods->xLock(in(f), how); }
static int f_unlock(sqlite3_file *f, int how) { return in(f)->pMethods->xUnlock(in(f), how); }
static int f_check(sqlite3_file *f, int *out) { return in(f)->pMethods->xCheckReservedLock(in(f), out); }
static int f_control(sqlite3_file *f, int op, void *arg)
{
    return in(f)->pMethods->xFileControl(in(f), op, arg);
}
static int f_sector(sqlite3_file *f) { return in(f)->pMethods->xSectorSize(in(f)); }
static int f_traits(sqlite3_file *f) { return in(f)->pMethods->xDeviceCharacteristics(in(f)); }

static int f_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    return in(f)->pMethods->xShmMap(in(f), page, size, extend, p);
}

static int f_shm_lock(sqlite3_file *f, int at, int n, int flags)
{
    return in(f)->pMethods->xShmLock(in(f), at, n, flags);
}

static void f_shm_barrier(sqlite3_file *f) { in(f)->pMethods->xShmBarrier(in(f)); }
static int f_shm_unmap(sqlite3_file *f, int remove) { return in(f)->pMethods->xShmUnmap(in(f), remove); }

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_check,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_traits,
    .xShmMap = f_shm_map,
    .xShmLock = f_shm_lock,
    .xShmBarrier = f_shm_barrier,
    .xShmUnmap = f_shm_unmap,
};

static int v_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out)
{
    (void)vfs;
    struct file *file = (struct file *)f;
    file->base.pMethods = NULL;
    file->is_log = (flags & SQLITE_OPEN_WAL) != 0;
    int rc = real->xOpen(real, name, &file->inner, flags, out);
    if (rc == SQLITE_OK) file->base.pMethods = &methods;
    return rc;
}

void faulty_vfs_install(void)
{
    real = sqlite3_vfs_find(NULL);
    faulty = *real;
    faulty.zName = "faulty";
    faulty.szOsFile = (int)sizeof(struct file) + real->szOsFile;
    faulty.xOpen = v_open;
    int rc = sqlite3_vfs_register(&faulty, 1);
    assert(rc == SQLITE_OK);
    (void)rc;
}

void faulty_vfs_fail_at(int n)
{
    atomic_store(&fired, false);
    atomic_store(&countdown, n);
}

bool faulty_vfs_fired(void) { return atomic_load(&fired); }
void faulty_vfs_full(bool full) { atomic_store(&disk_full, full); }
int faulty_vfs_unsynced_log(void) { return atomic_load(&unsynced); }
