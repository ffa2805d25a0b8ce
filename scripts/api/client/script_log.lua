-- /v1/bots/{bot}/script_log: what a bot's scripts have said.
local host = require "host"
local json = require "json"
local pages = require "api.pages"
local shapes = require "api.shapes"

local LEVELS = { "info", "warn", "error" }
local NUMBER = { info = 1, warn = 2, error = 3 }

local schema = shapes.object {
  level = { type = "string", enum = LEVELS },
  at = shapes.time(),
  message = shapes.text(600),
  position = shapes.maybe(shapes.text(220)),
  conversation = shapes.maybe(shapes.id "conv"),
  version = shapes.text(120),
}

local function show(row)
  return {
    level = LEVELS[row.level],
    at = host.rfc3339(row.at),
    message = row.message,
    position = row.position ~= "" and row.position or json.null,
    conversation = row.conversation or json.null,
    version = row.version,
  }
end

local function list(request)
  local bot, query = request.path.bot, request.query
  local found, message, code = host.query("bot.get", bot)
  if not found then return nil, message, code end
  if not found[1] then return nil, nil, "not_found" end
  local rows
  rows, message, code =
    host.query("script_log.list", bot, request.after or "~", NUMBER[query.level or "info"], query.limit + 1)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.id end)
end

return {
  {
    method = "GET",
    path = "/v1/bots/{bot}/script_log",
    scope = "scripts:read",
    summary = "What the bot's scripts have said and where they failed, newest first",
    list = true,
    query = { level = { type = "string", enum = LEVELS, description = "This level and those above it." } },
    responses = { [200] = { description = "Lines", schema = pages.schema(schema) } },
    run = list,
  },
}
