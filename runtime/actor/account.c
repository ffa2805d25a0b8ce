/* See account.h. Called by the command line, the simulation and screenplays,
 * each of which commits the batch to a store of its own. */
#include "actor/account.h"

#include <string.h>

#include "base/clock.h"
#include "vm/deliver.h"
#include "vm/state.h"

#define MEMORY_CAP (256u << 20)
#define SLICE (1 << 30) /* instructions: one turn, nobody waits beside it */

/* What the turn emitted, a line each. */
static void take_text(const struct vm_turn *t, struct buf *out)
{
    struct effect f;
    for (size_t at = 0; effect_next(&t->effects, &at, &f);)
        if (f.kind == EFFECT_EMIT) {
            buf_add(out, f.text[0].data, f.text[0].len);
            buf_char(out, '\n');
        }
}

static int run(struct vm_state *vm, struct bundle *scripts, const char *entry, const struct vm_value *values,
               struct vm_turn *t, struct buf *out)
{
    char why[512];
    int err = vm_state_boot(vm, scripts, why, sizeof why);
    if (err != ERR_OK) return buf_fmt(out, "%s\n", why), err;
    if (vm_call(vm, entry, t, values, 2) != VM_DONE) return buf_fmt(out, "%s\n", vm_error(vm)), ERR_INTERNAL;
    take_text(t, out);
    return t->writes.len > 0 ? ERR_OK : ERR_INVALID;
}

int account_call(struct bundle *scripts, struct clock *clock, int64_t tenant, const char *entry,
                 const char *text, size_t len, const char *options, struct buf *writes, struct buf *out)
{
    struct vm_config config = {
        .memory_cap = MEMORY_CAP, .turn_budget_ns = ACCOUNT_NS, .slice_instructions = SLICE, .clock = clock};
    struct vm_value values[2] = {{.type = VM_TEXT, .text = text, .len = len},
                                 {.type = VM_JSON, .text = options, .len = strlen(options)}};
    struct vm_state *vm = vm_state_new(&config, tenant);
    struct vm_turn t;
    vm_turn_init(&t);
    int err = run(vm, scripts, entry, values, &t, out);
    if (err == ERR_OK) buf_add(writes, t.writes.data, t.writes.len);
    vm_turn_deinit(&t);
    vm_state_free(vm);
    return err;
}

int account_write(struct bundle *scripts, struct clock *clock, int64_t tenant, const char *text, size_t len,
                  const char *options, struct buf *writes, struct buf *out)
{
    return account_call(scripts, clock, tenant, "provision", text, len, options, writes, out);
}
