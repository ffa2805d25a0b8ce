/* Landlock: which paths may be opened, and for what. For wall.c. */
#ifndef WALL_FILES_H
#define WALL_FILES_H

struct wall_config;

int files_version(void); /* the kernel's; 0: it has none, or it is off */
/* Restricts the calling thread and those that it starts; config NULL: nothing
 * can be opened. 0, or -1: nothing changed. */
int files_restrict(const struct wall_config *config, int version);

#endif
