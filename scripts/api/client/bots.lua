-- /v1/bots: the account's bots.
local host = require "host"
local bot_settings = require "api.bot_settings"
local json = require "json"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"

local function show(row)
  local settings = json.decode(row.settings) or {}
  return {
    id = row.id,
    public_key = row.public_key,
    slug = row.slug or json.null,
    name = row.name,
    locale = settings.locale or json.null,
    locales = json.array(settings.locales or {}),
    domains = json.array(json.decode(row.domains) or {}),
    settings = bot_settings.show(settings),
    created_at = host.rfc3339(row.created_at),
  }
end

local schema = shapes.object {
  id = shapes.id "bot",
  public_key = shapes.text(80),
  slug = shapes.maybe(shapes.text(60)),
  name = shapes.text(120),
  locale = shapes.maybe(shapes.text(2)),
  locales = shapes.list(shapes.text(2), 20),
  domains = shapes.list(shapes.text(253), 50),
  settings = shapes.anything "What the bot is and does: the fields of `bot` in a dataset file (docs/dataset.md).",
  created_at = shapes.time(),
}

local function list(request)
  local rows, message, code = host.query("bot.page", request.after or "", request.query.limit + 1)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.id end)
end

local function get(request)
  local row, message, code = resource.one("bot.get", request.path.bot)
  if not row then return nil, message, code end
  return 200, show(row)
end

local function change(request)
  local row, message, code = resource.one("bot.get", request.path.bot)
  if not row then return nil, message, code end
  local faults = bot_settings.change(row, request.body)
  if faults then return nil, nil, "invalid", faults end
  return 200, show(row)
end

return {
  {
    method = "GET",
    path = "/v1/bots",
    scope = "bots:read",
    summary = "Bots of the account, oldest first",
    list = true,
    responses = { [200] = { description = "Bots", schema = pages.schema(schema) } },
    run = list,
  },
  {
    method = "GET",
    path = "/v1/bots/{bot}",
    scope = "bots:read",
    summary = "One bot",
    responses = { [200] = { description = "The bot", schema = schema } },
    run = get,
  },
  {
    method = "PATCH",
    path = "/v1/bots/{bot}",
    scope = "bots:write",
    summary = "Changes what a bot is and does",
    description = "Fields of `bot` in a dataset file, but for `slug`; what is left out stays, `null` takes it away. "
      .. "New domains hold within five seconds, everything else at once.",
    body = {
      type = "object",
      additionalProperties = true,
      minProperties = 1,
      description = "`name`, `domains`, `greeting`, `tracking`, `inactivity` and the others",
      example = { greeting = "Hello!" },
    },
    responses = { [200] = { description = "The bot", schema = schema } },
    run = change,
  },
}
