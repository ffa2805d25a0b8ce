/* The walls around `serve` (wall/wall.h), with the paths that its settings name. */
#ifndef CLI_WALLS_H
#define CLI_WALLS_H

struct options;

/* Raises them unless --no-sandbox is set; logs what holds. Before any thread,
 * when the data folder exists. */
void walls_raise(const struct options *o);

#endif
