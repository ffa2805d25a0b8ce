-- Rows for the store in memory of a study: the business and the scripts that
-- are to be live, read from the real store where there is one.
local json = require "json"

local rows = {}

-- A statement as study.c reads it: what is nil, a whole number or a text.
local function packed(name, count, ...)
  local parts = { name, "\0" }
  for i = 1, count do
    local value = select(i, ...)
    if value == nil then
      parts[#parts + 1] = "n"
    elseif math.type(value) == "integer" then
      parts[#parts + 1] = "i" .. value .. "\0"
    else
      parts[#parts + 1] = "s" .. #value .. "\0" .. value
    end
  end
  return table.concat(parts)
end

local function put(tool, name, count, ...) tool.put(packed(name, count, ...)) end

-- The rows of the real store: of the tenant for which the study runs.
function rows.query(tool, name, ...)
  local found = assert(json.decode(tool.query(packed(name, select("#", ...), ...))))
  for _, row in ipairs(found) do
    for column, value in pairs(row) do
      if value == json.null then row[column] = nil end
    end
  end
  return found
end

local KEY, DOMAINS = "pk_play", '["localhost"]'

-- The bot with its dataset. request.bot is filled in where it was not known.
function rows.account(tool, request)
  if not request.stored then
    tool.account()
    request.bot = assert(json.decode(tool.ask(packed("bot.list", 0))))[1].id
    return
  end
  local bot = rows.query(tool, "bot.get", request.bot)[1] or error("there is no bot " .. request.bot, 0)
  put(tool, "tenant.create", 5, "tnt_study", "study", "active", "{}", 0)
  put(tool, "bot.create", 7, bot.id, KEY, nil, bot.name, bot.settings, DOMAINS, bot.created_at)
  for _, row in ipairs(rows.query(tool, "dataset.all", bot.id)) do
    put(tool, "dataset.put", 5, bot.id, row.kind, row.id, row.position, row.body)
  end
end

-- Makes the files the next version of the bot, live for all; {}: the stock scripts alone.
function rows.release(tool, bot, files)
  rows.releases = (rows.releases or 0) + 1
  local number = next(files) and rows.releases or 0
  if number > 0 then
    put(tool, "script.version_put", 7, bot, number, "study " .. number, json.encode(files), "", "", 0)
  end
  put(tool, "script.release_put", 10, bot, rows.releases, "publish", number, 0, 0, 0, "", "", 0)
end

return rows
