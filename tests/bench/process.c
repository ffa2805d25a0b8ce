/* See process.h. */
#include "process.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

double process_cpu_seconds(int pid)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL) return 0;
    size_t n = fread(line, 1, sizeof line - 1, f);
    fclose(f);
    line[n] = 0;
    unsigned long user = 0, system = 0;
    char *after_name = strrchr(line, ')'); /* the name may hold anything */
    if (after_name == NULL ||
        sscanf(after_name + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

uint64_t process_rss_bytes(int pid)
{
    char path[64], line[256];
    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", pid);
    FILE *f = fopen(path, "r");
    if (f == NULL) return 0;
    unsigned long kib = 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "Rss: %lu kB", &kib) == 1) break;
    fclose(f);
    return (uint64_t)kib * 1024;
}
