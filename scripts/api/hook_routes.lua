-- Routes of whoever sends webhooks to a bot: no key, the signature is the proof.
local hooks = require "api.hooks"
local shapes = require "api.shapes"

return {
  {
    method = "POST",
    path = "/v1/hooks/{name}",
    summary = "Sends a webhook to a bot",
    description = "Signed as Standard Webhooks says, with the hook's secret: `webhook-id`, `webhook-timestamp`, "
      .. "`webhook-signature`. A JSON object of at most 64 KiB, best `{ type, timestamp, data }`. "
      .. "An id has its effect once.",
    query = {},
    required = {},
    body = shapes.anything "A JSON object",
    responses = {
      [202] = { description = "Written down", schema = shapes.object { duplicate = { type = "boolean" } } },
      [401] = { description = "Not signed with this hook's secret, or too old", problem = true },
      [403] = { description = "Turned off", problem = true },
      [404] = { description = "No such hook", problem = true },
      [413] = { description = "Too long", problem = true },
      [422] = { description = "Not a JSON object, or without what a message needs", problem = true },
      [429] = { description = "Too many requests: Retry-After says when", problem = true },
    },
    run = hooks.receive,
  },
}
