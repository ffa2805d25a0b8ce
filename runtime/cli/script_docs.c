/* azentiko script reference|stubs|completions: what the scripts' own table of
 * their API says, for pages and editors. */
#include "cli/script_docs.h"

#include <stdio.h>
#include <string.h>

#include "actor/account.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/scripts_arg.h"
#include "vm/bundle.h"

int script_docs(const struct options *o, const char *what)
{
    struct buf writes, out;
    struct bundle *scripts = scripts_for(o);
    if (scripts == NULL) return EXIT_FAILED;
    buf_init(&writes);
    buf_init(&out);
    /* Nothing is written, so what is emitted comes back as if it were faults. */
    int err = account_call(scripts, clock_real(), 1, "describe", what, strlen(what), "{}", &writes, &out);
    fputs(buf_cstr(&out), err == ERR_INVALID ? stdout : stderr);
    bundle_release(scripts);
    buf_deinit(&writes);
    buf_deinit(&out);
    return err == ERR_INVALID ? EXIT_OK : EXIT_FAILED;
}
