-- /v1/hooks: addresses of a bot that take webhooks in (docs/webhooks.md).
local host = require "host"
local json = require "json"
local incoming = require "hooks.incoming"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"

local NAME_MAX, DESCRIPTION_MAX = 40, 500
local STATES, DELIVER = { "on", "off" }, { "event", "message" }

local function at(ms) return ms and ms > 0 and host.rfc3339(ms) or json.null end

local function show(row)
  return {
    id = row.id,
    path = "/v1/hooks/" .. row.id,
    bot = row.bot,
    name = row.name,
    deliver = row.deliver,
    description = row.description,
    state = row.state,
    received_at = at(row.received_at),
    old_secret_until = at(row.old_secret and row.old_until),
    created_at = at(row.created_at),
    updated_at = at(row.updated_at),
  }
end

local function schema(more)
  local all = {
    id = shapes.id "hook",
    path = shapes.text(60, { description = "Where it is sent: behind the server's own address." }),
    bot = shapes.id "bot",
    name = shapes.text(NAME_MAX),
    deliver = { type = "string", enum = DELIVER },
    description = shapes.text(DESCRIPTION_MAX),
    state = { type = "string", enum = STATES },
    received_at = shapes.maybe(shapes.time()),
    old_secret_until = shapes.maybe(shapes.time()),
    created_at = shapes.time(),
    updated_at = shapes.time(),
  }
  for name, property in pairs(more or {}) do
    all[name] = property
  end
  return shapes.object(all)
end

local FIELDS = {
  bot = shapes.id "bot",
  name = shapes.text(NAME_MAX, { minLength = 1, description = "`bot.on('hook.NAME', ...)` hears it." }),
  deliver = {
    type = "string",
    enum = DELIVER,
    description = "`event`: for the bot's scripts. `message`: `data.text` is said in `data.conversation`.",
  },
  description = shapes.text(DESCRIPTION_MAX),
}

local function invalid(pointer, code, detail)
  return nil, nil, "invalid", { { pointer = pointer, code = code, detail = detail } }
end

-- nil, or what is wrong with a new one, as a route answers it.
local function fault(body)
  if not incoming.is_name(body.name) then
    return table.pack(invalid("/name", "not_allowed", "must be lower-case letters, digits, '_' and '-'"))
  end
  local found, message, code = host.query("bot.get", body.bot)
  if not found then return table.pack(nil, message, code) end
  if not found[1] then return table.pack(invalid("/bot", "not_found", "there is no such bot")) end
  found, message, code = host.query("hook.named", body.bot, body.name)
  if not found then return table.pack(nil, message, code) end
  if found[1] then return table.pack(invalid("/name", "taken", "this bot has a hook with this name")) end
  found, message, code = host.query("hook.list", "", incoming.MAX + 1)
  if not found then return table.pack(nil, message, code) end
  if #found < incoming.MAX then return nil end
  return table.pack(invalid("", "too_many", ("an account has at most %d hooks"):format(incoming.MAX)))
end

local function create(request)
  local body = request.body
  local wrong = fault(body)
  if wrong then return table.unpack(wrong, 1, wrong.n) end
  local id, secret = incoming.create(body, request.now)
  return 201,
    resource.with_secret(
      request,
      show {
        id = id,
        bot = body.bot,
        name = body.name,
        deliver = body.deliver or "event",
        description = body.description or "",
        state = "on",
        created_at = request.now,
        updated_at = request.now,
      },
      secret
    )
end

local function update(request, row)
  for _, name in ipairs { "deliver", "description", "state" } do
    row[name] = request.body[name] or row[name]
  end
  row.updated_at = request.now
  incoming.update(row, request.now)
  return 200, show(row)
end

local function delete(_, row)
  host.write("hook.delete", row.id)
  return 204
end

local function rotate(request, row)
  local secret, old_until = incoming.rotate(row, request.now)
  row.old_secret, row.old_until, row.updated_at = row.secret, old_until, request.now
  return 200, resource.with_secret(request, show(row), secret)
end

local ONE = "/v1/hooks/{hook}"
local SECRET = { secret = shapes.maybe(shapes.text(100)) }

return {
  {
    method = "GET",
    path = "/v1/hooks",
    scope = "webhooks:read",
    summary = "Hooks of the account, oldest first",
    list = true,
    responses = { [200] = { description = "Hooks", schema = pages.schema(schema()) } },
    run = resource.list("hook.list", show),
  },
  {
    method = "POST",
    path = "/v1/hooks",
    scope = "webhooks:write",
    summary = "Makes a hook: an address that takes webhooks for a bot",
    description = "The secret is in this answer only; a repeat with the same Idempotency-Key says `null` in its place.",
    body = shapes.input(
      FIELDS,
      { "bot", "name" },
      { example = { bot = "bot_01hzy3v7m4e6q8r2s5t9w0x1y2", name = "orders" } }
    ),
    responses = { [201] = { description = "The hook", schema = schema(SECRET) } },
    run = create,
  },
  {
    method = "GET",
    path = ONE,
    scope = "webhooks:read",
    summary = "One hook",
    responses = { [200] = { description = "The hook", schema = schema() } },
    run = resource.on("hook.get", "hook", function(_, row) return 200, show(row) end),
  },
  {
    method = "PATCH",
    path = ONE,
    scope = "webhooks:write",
    summary = "Changes a hook, turns it on or off",
    body = shapes.input({
      deliver = FIELDS.deliver,
      description = FIELDS.description,
      state = { type = "string", enum = STATES },
    }, nil, { minProperties = 1, example = { state = "off" } }),
    responses = { [200] = { description = "The hook", schema = schema() } },
    run = resource.on("hook.get", "hook", update),
  },
  {
    method = "DELETE",
    path = ONE,
    scope = "webhooks:write",
    summary = "Deletes a hook",
    responses = { [204] = { description = "Deleted" } },
    run = resource.on("hook.get", "hook", delete),
  },
  {
    method = "POST",
    path = ONE .. "/secret",
    scope = "webhooks:write",
    summary = "Replaces the secret of a hook",
    description = "For 24 hours the old one is good, too. The secret is in this answer only.",
    responses = { [200] = { description = "The hook", schema = schema(SECRET) } },
    run = resource.on("hook.get", "hook", rotate),
  },
}
