/* What a visitor is going to say in one conversation, and what the bot must
 * answer: written before the run begins, compared with the store at its end. */
#ifndef SIM_TALK_H
#define SIM_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_world;

enum sim_mood {
    SIM_POLITE, /* questions, menus, dialogs */
    SIM_POISON, /* one message fails in the actor every time */
    SIM_LOOP,   /* one message never ends */
    SIM_MUTE,   /* connects and says nothing, not even hello */
};

struct sim_said {
    char cid[24];
    const char *type;
    char fields[200];  /* of the frame, behind the cid */
    const char *first; /* how the text of its first answer begins; NULL: not known beforehand */
    uint8_t answers_min, answers_max;
    bool hopeless; /* its script always fails: an apology is its answer, or it is given up */
    bool ends_callback, ends_survey;

    /* The client's own record. */
    int64_t seq; /* of its acknowledgement; 0: none */
    uint64_t sent_ns;
    uint16_t tries;
    bool given_up;
};

#define SIM_SAID_MAX 120

/* mark: in every text and cid, names the client. Returns how many, at least `least`. */
size_t sim_talk_write(struct sim_world *w, enum sim_mood mood, const char *mark, size_t least,
                      struct sim_said out[SIM_SAID_MAX]);

#endif
