/* See files.h. Landlock knows folders by what they are, not by their names:
 * a rule made today for a file does not hold for the file that replaces it
 * tomorrow. So rules are made for folders wherever something is renewed. */
#include "wall/files.h"

#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wall/wall.h"

/* Debian 12's header ends at version 2; the kernel may know more. */
#define RIGHT_REFER (1ull << 13)    /* version 2 */
#define RIGHT_TRUNCATE (1ull << 14) /* version 3 */

#define RIGHTS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define RIGHTS_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | RIGHT_TRUNCATE)
#define RIGHTS_DATA \
    (RIGHTS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | RIGHT_REFER | RIGHT_TRUNCATE)
#define RIGHTS_ALL \
    (RIGHTS_DATA | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR | \
     LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* What libraries open while the server runs. /etc as a whole: its files are
 * renewed by renaming (resolv.conf above all). */
static const char *const system_paths[] = {
    "/etc",     /* resolv.conf, hosts, nsswitch.conf, certificates, time zone */
    "/usr/lib", /* what the resolver and OpenSSL load at first use */
    "/usr/lib64",
    "/lib", /* the same where /lib is no link */
    "/lib64",
    "/usr/local/lib",
    "/usr/share",           /* time zones, certificates, locales */
    "/usr/local/share",     /* certificates of the site */
    "/run/systemd/resolve", /* where resolv.conf may lead */
    "/run/resolvconf",
    "/run/NetworkManager",
    "/proc/self",    /* the process itself, for sanitizers and libuv */
    "/proc/sys/vm",  /* malloc: overcommit */
    "/proc/sys/net", /* somaxconn */
    "/proc/meminfo",
    "/proc/cpuinfo",
    "/proc/stat",
    "/sys/devices/system", /* how many processors there are */
    "/sys/fs/cgroup",      /* how much memory we may use */
    "/sys/kernel/mm",      /* huge pages */
    "/dev/urandom",
    "/dev/random",
    NULL,
};

struct ruleset_attr {
    uint64_t handled_fs;
};

int files_version(void)
{
    long v = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return v > 0 ? (int)v : 0;
}

static uint64_t known(int version)
{
    uint64_t all = RIGHTS_ALL;
    if (version < 2) all &= ~RIGHT_REFER;
    if (version < 3) all &= ~RIGHT_TRUNCATE;
    return all;
}

/* A path that is not there is no rule: nothing can be read where nothing is. */
static int allow(int ruleset, const char *path, uint64_t rights)
{
    struct stat st;
    struct landlock_path_beneath_attr rule = {.parent_fd = open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent_fd < 0) return 0;
    bool folder = fstat(rule.parent_fd, &st) == 0 && S_ISDIR(st.st_mode);
    rule.allowed_access = folder ? rights : rights & RIGHTS_FILE;
    long err = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return err == 0 ? 0 : -1;
}

/* The folder that holds path. Never the whole file system: a file in "/" is
 * opened alone and cannot be renewed under the wall. */
static int allow_holder(int ruleset, const char *path, uint64_t rights)
{
    char copy[PATH_MAX], whole[PATH_MAX];
    if (strlen(path) >= sizeof copy) return 0;
    memcpy(copy, path, strlen(path) + 1);
    const char *holder = dirname(copy);
    if (realpath(holder, whole) == NULL || strcmp(whole, "/") == 0) return 0;
    return allow(ruleset, holder, rights);
}

/* As it is named and where its links lead: a certificate is often a link into
 * a folder in which the next one will appear. */
static int allow_renewed(int ruleset, const char *path, uint64_t rights)
{
    char real[PATH_MAX];
    int err = allow(ruleset, path, rights);
    if (err == 0) err = allow_holder(ruleset, path, rights);
    if (err == 0 && realpath(path, real) != NULL) err = allow_holder(ruleset, real, rights);
    return err;
}

static int add_rules(int ruleset, const struct wall_config *config, uint64_t all)
{
    int err = allow(ruleset, config->data_dir, RIGHTS_DATA & all);
    if (err == 0) err = allow(ruleset, "/dev/null", RIGHTS_FILE & all);
    for (const char *const *p = system_paths; err == 0 && *p != NULL; p++)
        err = allow(ruleset, *p, RIGHTS_READ);
    for (const char *const *p = config->readable; err == 0 && *p != NULL; p++)
        err = allow(ruleset, *p, RIGHTS_READ);
    for (const char *const *p = config->renewed; err == 0 && *p != NULL; p++)
        err = allow_renewed(ruleset, *p, RIGHTS_READ);
    return err;
}

int files_restrict(const struct wall_config *config, int version)
{
    struct ruleset_attr attr = {.handled_fs = known(version)};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0) return -1;
    int err = config != NULL ? add_rules(ruleset, config, attr.handled_fs) : 0;
    if (err == 0) err = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (err == 0) err = (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
    return err == 0 ? 0 : -1;
}
