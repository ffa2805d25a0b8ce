/* See pulse.h. Called by the watchdog's thread only. */
#include "actor/pulse.h"

enum pulse_verdict pulse_look(struct pulse_watch *w, uint64_t passed_ms)
{
    uint32_t beat = atomic_load_explicit(&w->pulse->beat, memory_order_relaxed);
    if (beat != w->seen || atomic_load(&w->pulse->over)) {
        w->seen = beat;
        w->silent_ms = 0;
        w->nudged = w->told = false;
        return PULSE_BEATS;
    }
    w->silent_ms += passed_ms < PULSE_STEP_MS ? (uint32_t)passed_ms : PULSE_STEP_MS;
    if (!w->nudged) {
        if (w->silent_ms < PULSE_NUDGE_MS) return PULSE_BEATS;
        w->nudged = true;
        w->silent_ms = 0;
        w->pulse->nudge(w->pulse);
        return PULSE_BEATS;
    }
    if (w->silent_ms >= PULSE_DEAD_MS) return PULSE_DEAD;
    if (w->told || w->silent_ms < PULSE_STILL_MS) return PULSE_BEATS;
    w->told = true;
    return PULSE_STILL;
}
