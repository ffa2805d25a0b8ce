-- /v1/bots/{bot}/command_uses: which commands visitors use, and how they call them.
local host = require "host"
local json = require "json"
local formats = require "api.formats"
local pages = require "api.pages"
local shapes = require "api.shapes"
local time = require "lib.time"

local DAYS <const>, DAYS_MAX <const> = 30, 400
local ALWAYS <const> = 1 << 52 -- ms: one span for all time
local PER = { day = time.DAY, hour = time.HOUR }

local function count(description) return { type = "integer", description = description } end

local schema = shapes.object {
  command = shapes.text(40, { description = "Its name in the scripts" }),
  from = shapes.maybe(shapes.time "Where its day or hour begins, in UTC; null where `per` was not asked for"),
  uses = count "All together",
  typed = count "As `/name`",
  words = count "By words that mean it",
  clicked = count "In a menu of the chat",
  page = count "Sent by the website's own script",
  last_used_at = shapes.time(),
}

local function show(row)
  return {
    command = row.command,
    from = row.start > 0 and host.rfc3339(row.start) or json.null,
    uses = row.uses,
    typed = row.typed,
    words = row.words,
    clicked = row.clicked,
    page = row.page,
    last_used_at = host.rfc3339(row.last_at),
  }
end

local function fault(detail)
  return nil, nil, "bad_query", { { pointer = "/query/from", code = "not_allowed", detail = detail } }
end

local function list(request)
  local bot, query = request.path.bot, request.query
  local till = query["until"] and formats.parse_time(query["until"]) or request.now
  local from = query.from and formats.parse_time(query.from) or till - DAYS * time.DAY
  if from >= till then return fault "is not before the end" end
  if till - from > DAYS_MAX * time.DAY then
    return fault(("is more than %d days before the end"):format(DAYS_MAX))
  end
  local found, message, code = host.query("bot.get", bot)
  if not found then return nil, message, code end
  if not found[1] then return nil, nil, "not_found" end
  local start, command = string.match(request.after or "0/", "^(%d+)/(.*)$")
  local rows
  rows, message, code = host.query(
    "command.counts",
    bot,
    from,
    till,
    PER[query.per] or ALWAYS,
    math.tointeger(tonumber(start)),
    command,
    query.limit + 1
  )
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.start .. "/" .. row.command end)
end

return {
  {
    method = "GET",
    path = "/v1/bots/{bot}/command_uses",
    scope = "conversations:read",
    summary = "How often each command was used",
    description = "By command, or with `per` by day or hour (UTC) and command. "
      .. "Counted are the messages that are still kept.",
    list = true,
    query = {
      from = shapes.time "From then on; 30 days before the end when left out",
      ["until"] = shapes.time "Before then; now when left out",
      per = { type = "string", enum = { "day", "hour" }, description = "Counts for each of them" },
    },
    responses = { [200] = { description = "Counts", schema = pages.schema(schema) } },
    run = list,
  },
}
