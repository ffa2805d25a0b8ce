/* The deterministic simulation of the actor core: real engine, real Lua
 * states, real scripts and statements in one thread, under a clock, a store
 * and a network that are drawn from a seed (reliability goal C3). A seed that
 * fails is printed and can be replayed: the same seed is the same run.
 *
 *   sim [--seeds N] [--first S]      runs N seeds from S
 *   sim --seed S [--verbose]         one seed; --verbose prints its event log
 *   sim ... --repeat                 each seed twice: the two logs must be the same */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sim_run.h"
#include "sim_scripts.h"

struct options {
    uint64_t first, seeds;
    bool verbose, repeat;
};

static bool parse(int argc, char **argv, struct options *o)
{
    *o = (struct options){.first = 1, .seeds = 1000};
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--verbose") == 0)
            o->verbose = true;
        else if (strcmp(argv[i], "--repeat") == 0)
            o->repeat = true;
        else if (more && strcmp(argv[i], "--seeds") == 0)
            o->seeds = strtoull(argv[++i], NULL, 10);
        else if (more && strcmp(argv[i], "--first") == 0)
            o->first = strtoull(argv[++i], NULL, 10);
        else if (more && strcmp(argv[i], "--seed") == 0) {
            o->first = strtoull(argv[++i], NULL, 10);
            o->seeds = 1;
        } else
            return false;
    }
    return true;
}

static bool run_seed(struct sim_scripts *scripts, uint64_t seed, const struct options *o)
{
    struct sim_verdict verdict, second;
    sim_run(scripts, seed, o->verbose, &verdict);
    if (o->repeat && !verdict.failed) {
        sim_run(scripts, seed, false, &second);
        if (second.hash != verdict.hash) {
            verdict.failed = true;
            snprintf(verdict.failure, sizeof verdict.failure, "two runs of it differ");
        }
    }
    if (verdict.failed)
        printf("seed %" PRIu64 " FAILED: %s\n  replay: sim --seed %" PRIu64 " --verbose\n", seed,
               verdict.failure, seed);
    else if (o->verbose)
        printf("seed %" PRIu64 ": log %016" PRIx64 "\n", seed, verdict.hash);
    fflush(stdout);
    return !verdict.failed;
}

int main(int argc, char **argv)
{
    struct options o;
    if (!parse(argc, argv, &o)) {
        fprintf(stderr, "usage: sim [--seeds N] [--first S] [--seed S] [--verbose] [--repeat]\n");
        return 2;
    }
    struct sim_scripts *scripts = sim_scripts_new();
    uint64_t failed = 0, said_ns = clock_mono_ns(clock_real());
    for (uint64_t i = 0; i < o.seeds; i++) {
        if (!run_seed(scripts, o.first + i, &o)) failed++;
        uint64_t now = clock_mono_ns(clock_real());
        if (now - said_ns < 1000000000u) continue;
        said_ns = now;
        printf("%" PRIu64 " of %" PRIu64 " seeds, %" PRIu64 " failed\n", i + 1, o.seeds, failed);
        fflush(stdout);
    }
    sim_scripts_free(scripts);
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", o.seeds - failed, failed);
    return failed > 0 ? 1 : 0;
}
