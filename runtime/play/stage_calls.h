/* What a tool's Lua may do with a stage, as its functions: texts in, texts out
 * (page.lua calls them). Their ctx begins with a struct stage *. */
#ifndef PLAY_STAGE_CALLS_H
#define PLAY_STAGE_CALLS_H

#include "vm/tool.h"

#define STAGE_PUBLIC_KEY "pk_play" /* of the bot that the page talks to */

extern const struct vm_tool_function stage_calls[];

/* Result rows as a JSON list of objects; appends. */
void stage_add_rows(const struct buf *rows, struct buf *out);

#endif
