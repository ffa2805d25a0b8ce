-- What the routes of /v1/bots/{bot}/dataset do: read, store and remove single
-- entries under the rules of a dataset file (docs/dataset.md).
local host = require "host"
local json = require "json"
local entry = require "lib.dataset_entry"
local pages = require "api.pages"

local entries = {}

local function has_bot(id)
  local rows, message, code = host.query("bot.get", id)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, nil, "not_found" end
  return true
end

-- The section of the kind in the path, of a bot that is there.
local function section_of(request)
  local ok, message, code = has_bot(request.path.bot)
  if not ok then return nil, message, code end
  local section = entry.section(request.path.kind)
  if not section then return nil, nil, "not_found" end
  return section
end

-- Conversations read it again once this turn is committed.
local function tell() host.send("tenant", "self", "dataset") end

local function show(row) return { id = row.id, body = json.decode(row.body) } end

local function counts_of(bot)
  local ok, message, code = has_bot(bot)
  if not ok then return nil, message, code end
  return host.query("dataset.counts", bot)
end

function entries.counts(request)
  local rows, message, code = counts_of(request.path.bot)
  if not rows then return nil, message, code end
  local kinds = {}
  for i, row in ipairs(rows) do
    kinds[i] = { kind = row.kind, entries = row.entries }
  end
  return 200, { kinds = json.array(kinds) }
end

function entries.list(request)
  local section, message, code = section_of(request)
  if not section then return nil, message, code end
  local position, id = string.match(request.after or "0/", "^(%d+)/(.*)$")
  local bot, limit = request.path.bot, request.query.limit + 1
  local rows
  rows, message, code =
    host.query("dataset.page", bot, section.kind, math.tointeger(tonumber(position)), id, limit)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.position .. "/" .. row.id end)
end

-- The row, false when there is none, or nil, message, code.
local function find(request)
  local path = request.path
  local rows, message, code = host.query("dataset.get", path.bot, path.kind, path.entry)
  if not rows then return nil, message, code end
  return rows[1] or false
end

function entries.get(request)
  local section, message, code = section_of(request)
  if not section then return nil, message, code end
  local row
  row, message, code = find(request)
  if row == nil then return nil, message, code end
  if not row then return nil, nil, "not_found" end
  return 200, show(row)
end

-- Errors of lib/dataset are "/path: reason".
local function faults_of(lines)
  local errors = {}
  for i, line in ipairs(lines) do
    local pointer, reason = string.match(line, "^(%S*): (.*)$")
    errors[i] = { pointer = pointer == "/" and "" or pointer, code = "invalid", detail = reason }
  end
  return nil, nil, "invalid", errors
end

local function zone_faults(zones)
  for pointer, zone in pairs(zones) do
    if not host.zone_offset(zone, host.now()) then return { pointer .. ": there is no such time zone" } end
  end
  return {}
end

-- Products and services that a catalogue names must be there.
local function missing_items(bot, body)
  local lines = {}
  for i, id in ipairs(body.items or {}) do
    local found = false
    for _, kind in ipairs { "product", "service" } do
      local rows, message, code = host.query("dataset.get", bot, kind, id)
      if not rows then return nil, message, code end
      found = found or rows[1] ~= nil
    end
    if not found then
      lines[#lines + 1] = ("/items/%d: there is no product or service '%s'"):format(i - 1, id)
    end
  end
  return lines
end

-- true, or nil, message, code, faults when the entry may not be stored.
local function check(request, section)
  local body, id = request.body, request.path.entry
  if not entry.is_id(id) or (not section.list and id ~= section.kind) then return nil, nil, "not_found" end
  if section.list and entry.has_id(section) then
    if body.id ~= nil and body.id ~= id then return faults_of { "/id: is not the one of the address" } end
    body.id = id
  end
  local lines = entry.check(section, body)
  if lines[1] then return faults_of(lines) end
  lines = zone_faults(entry.zones(section, body))
  if lines[1] then return faults_of(lines) end
  if section.kind ~= "catalogue" then return true end
  local message, code
  lines, message, code = missing_items(request.path.bot, body)
  if not lines then return nil, message, code end
  if lines[1] then return faults_of(lines) end
  return true
end

-- Where a new entry goes: behind the others of its kind.
local function next_position(bot, kind)
  local rows, message, code = counts_of(bot)
  if not rows then return nil, message, code end
  for _, row in ipairs(rows) do
    if row.kind == kind then return row.last + 1 end
  end
  return 1
end

function entries.put(request)
  local section, message, code = section_of(request)
  if not section then return nil, message, code end
  local ok, errors
  ok, message, code, errors = check(request, section)
  if not ok then return nil, message, code, errors end
  local row, position
  row, message, code = find(request)
  if row == nil then return nil, message, code end
  if row then
    position = row.position
  else
    position, message, code = next_position(request.path.bot, section.kind)
  end
  if not position then return nil, message, code end
  local id = request.path.entry
  host.write("dataset.put", request.path.bot, section.kind, id, position, json.encode(request.body))
  tell()
  return row and 200 or 201, { id = id, body = request.body }
end

function entries.remove(request)
  local section, message, code = section_of(request)
  if not section then return nil, message, code end
  local row
  row, message, code = find(request)
  if row == nil then return nil, message, code end
  if not row then return nil, nil, "not_found" end
  if entry.is_required(section) then return nil, "Every bot has this; replace it instead.", "conflict" end
  host.write("dataset.remove", request.path.bot, section.kind, row.id)
  tell()
  return 204
end

return entries
