-- /v1/bots/{bot}/identity: whether users of the client may be identified, and
-- the secret with which its server signs who they are (docs/widget.md).
local json = require "json"
local identity_secret = require "prelude.identity_secret"
local resource = require "api.resource"
local shapes = require "api.shapes"

local schema = shapes.object {
  enabled = { type = "boolean" },
  author = shapes.maybe(shapes.text(100)),
  updated_at = shapes.maybe(shapes.time()),
  old_secret_until = shapes.maybe(shapes.time "Until then the secret before this one is good, too."),
}

local secret_schema = shapes.object {
  secret = shapes.maybe(shapes.text(100)),
  old_secret_until = shapes.maybe(shapes.time()),
}

-- A route on one bot of the account: act(bot, request).
local function on_bot(act)
  return function(request)
    local row, message, code = resource.one("bot.get", request.path.bot)
    if not row then return nil, message, code end
    return act(row.id, request)
  end
end

local function get(bot)
  local found, message, code = identity_secret.status(bot)
  if not found then return nil, message, code end
  return 200,
    {
      enabled = found.enabled,
      author = found.author or json.null,
      updated_at = found.updated_at or json.null,
      old_secret_until = found.old_secret_until or json.null,
    }
end

local function rotate(bot, request)
  local made, message, code = identity_secret.rotate(bot, { author = request.key.name })
  if not made then return nil, message, code end
  return 200,
    resource.with_secret(request, { old_secret_until = made.old_secret_until or json.null }, made.secret)
end

local function remove(bot)
  local done, message, code = identity_secret.remove(bot)
  if not done then return nil, message, code end
  return 204
end

local PATH = "/v1/bots/{bot}/identity"

return {
  {
    method = "GET",
    path = PATH,
    scope = "bots:read",
    summary = "Whether visitors of a bot can be identified",
    responses = { [200] = { description = "The state", schema = schema } },
    run = on_bot(get),
  },
  {
    method = "POST",
    path = PATH .. "/secret",
    scope = "bots:write",
    summary = "Makes a new identity secret",
    description = "Your server signs with it who a visitor is. The one before is good for another 24 hours. "
      .. "The secret is in this answer only.",
    responses = { [200] = { description = "The secret", schema = secret_schema } },
    run = on_bot(rotate),
  },
  {
    method = "DELETE",
    path = PATH,
    scope = "bots:write",
    summary = "Removes the identity secret: nobody can be identified any more",
    responses = { [204] = { description = "Removed" } },
    run = on_bot(remove),
  },
}
