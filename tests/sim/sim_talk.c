/* Topics: each appends the messages of one small talk. Dialogs are sometimes
 * answered wrongly, cancelled half-way or interrupted by a command. */
#include "sim_talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim_world.h"

struct talk {
    struct sim_world *world;
    const char *mark;
    struct sim_said *said;
    size_t count;
};

static struct sim_said *say(struct talk *t, const char *type, const char *first, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static struct sim_said *say(struct talk *t, const char *type, const char *first, const char *format, ...)
{
    struct sim_said *m = &t->said[t->count];
    va_list args;
    memset(m, 0, sizeof *m);
    snprintf(m->cid, sizeof m->cid, "%s-%zu", t->mark, t->count);
    m->type = type;
    m->first = first;
    m->answers_min = m->answers_max = 1;
    va_start(args, format);
    vsnprintf(m->fields, sizeof m->fields, format, args);
    va_end(args);
    t->count++;
    return m;
}

/* Nobody understands it; the third time in a row a person is asked for. */
static void gibberish(struct talk *t)
{
    say(t, "message", NULL, "\"text\":\"zzq %s %zu\"", t->mark, t->count)->answers_max = 2;
}

static void question(struct talk *t) { say(t, "message", NULL, "\"text\":\"opening hours\""); }
static void command(struct talk *t) { say(t, "command", NULL, "\"name\":\"services\",\"args\":{}"); }
static void choice(struct talk *t) { say(t, "choice", NULL, "\"value\":\"main/opening-hours\""); }

/* Is the dialog left here? Then the next question never comes. */
static bool leave(struct talk *t)
{
    if (sim_chance(t->world, 40)) return say(t, "message", "All right", "\"text\":\"cancel\""), true;
    if (sim_chance(t->world, 30)) return command(t), true;
    return false;
}

static void wrong(struct talk *t, const char *text, const char *first)
{
    if (sim_chance(t->world, 200)) say(t, "message", first, "\"text\":\"%s\"", text);
}

static void callback(struct talk *t)
{
    say(t, "command", "Gladly. What is your name?", "\"name\":\"callback\"");
    if (leave(t)) return;
    say(t, "message", "At which number", "\"text\":\"Ada %s\"", t->mark);
    wrong(t, "no number", "That does not look like a phone");
    if (leave(t)) return;
    say(t, "message", "Which day suits you?", "\"text\":\"+49 30 %d\"",
        (int)sim_between(t->world, 10000000, 99999999)); /* of its own: the same number joins its request */
    wrong(t, "blorp", "I did not understand the date");
    if (leave(t)) return;
    /* The free times of that day, or parts of any day while the store is away. */
    say(t, "message", "\"kind\":\"choices\"", "\"text\":\"%s\"",
        sim_chance(t->world, 500) ? "tomorrow" : "24.12.2026");
    wrong(t, "whenever", "Please choose one of these");
    if (leave(t)) return;
    if (sim_chance(t->world, 500))
        say(t, "choice", "What is it about?", "\"value\":\"1\"");
    else
        say(t, "message", "What is it about?", "\"text\":\"1\"");
    if (leave(t)) return;
    say(t, "message", "Thank you, Ada", "\"text\":\"about %s-%zu.\"", t->mark, t->count)->ends_callback =
        true;
}

static void survey(struct talk *t)
{
    struct sim_said *m = say(t, "command", "Your number is ", "\"name\":\"survey\"");
    m->answers_min = m->answers_max = 2;
    wrong(t, "eleven", "Please give me a number");
    if (leave(t)) return;
    say(t, "message", "Who are you?", "\"text\":\"%d\"", (int)sim_between(t->world, 1, 9));
    wrong(t, "me", "Please fill in the form");
    if (leave(t)) return;
    say(t, "form", "Which colour?",
        "\"form\":\"lead\",\"fields\":{\"name\":\"%s-%zu.\",\"email\":\"%s-%zu@example.com\"}", t->mark,
        t->count, t->mark, t->count);
    if (leave(t)) return;
    say(t, "choice", "Number ", "\"value\":\"green\"")->ends_survey = true;
}

static void evil(struct talk *t, enum sim_mood mood)
{
    struct sim_said *m;
    if (mood == SIM_POISON)
        m = say(t, "command", NULL, "\"name\":\"poison\"");
    else if (sim_chance(t->world, 500))
        m = say(t, "command", NULL, "\"name\":\"loop\"");
    else
        m = say(t, "command", NULL, "\"name\":\"loop\",\"args\":{\"sort\":true}");
    m->hopeless = true;
}

size_t sim_talk_write(struct sim_world *w, enum sim_mood mood, const char *mark, size_t least,
                      struct sim_said out[SIM_SAID_MAX])
{
    static void (*const topics[])(struct talk *) = {gibberish, question, command, choice, callback, survey};
    struct talk t = {w, mark, out, 0};
    if (mood == SIM_MUTE) return 0;
    if (mood != SIM_POLITE) {
        command(&t);
        evil(&t, mood);
        least = 3;
    }
    while (t.count < least) topics[sim_between(w, 0, sizeof topics / sizeof topics[0] - 1)](&t);
    return t.count;
}
