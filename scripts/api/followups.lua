-- What the routes of /v1/leads, /v1/callbacks and /v1/tickets do; each maker
-- takes a kind of lib/followup_kinds.
local host = require "host"
local json = require "json"
local csv = require "lib.csv"
local formats = require "api.formats"
local ledger = require "hooks.ledger"
local pages = require "api.pages"
local palette = require "prelude.palette"
local records = require "prelude.followups"
local resource = require "api.resource"

local followups = {}

local EXPORT_BYTES = 800000 -- of one answer

local function show(row) return records.show(row, json.null) end

local function show_entry(row)
  return {
    id = row.id,
    kind = row.kind,
    author = row.author,
    body = type(row.body) == "table" and row.body or json.decode(row.body),
    at = host.rfc3339(row.at),
  }
end

local function rows_of(request, kind, limit)
  local query = request.query
  return host.query(
    "followup.list",
    kind.name,
    request.after or "~",
    query.bot,
    query.status,
    query.assignee,
    query.email and string.lower(query.email),
    query.phone,
    limit
  )
end

function followups.list(kind)
  return function(request)
    local rows, message, code = rows_of(request, kind, request.query.limit + 1)
    if not rows then return nil, message, code end
    return pages.answer(request, rows, show, function(row) return row.id end)
  end
end

function followups.get(kind)
  return function(request)
    local row, message, code = resource.one("followup.get", kind.name, request.path[kind.name])
    if not row then return nil, message, code end
    return 200, show(row)
  end
end

local function author_of(request) return "key " .. request.key.id end

-- The fields that differ, as { field = { from, to } }; changes the row.
local function apply(row, body)
  local changes = {}
  local function set(name, value)
    if row[name] == value then return end
    changes[name] = { from = row[name] or json.null, to = value == nil and json.null or value }
    row[name] = value
  end
  for _, name in ipairs { "status", "assignee" } do
    if body[name] ~= nil then set(name, body[name] ~= json.null and body[name] or nil) end
  end
  for _, name in ipairs { "wanted_at", "wanted_until" } do
    if body[name] ~= nil then set(name, body[name] ~= json.null and formats.parse_time(body[name]) or nil) end
  end
  return next(changes) and changes or nil
end

-- Everybody who listens hears of a change in the transaction of the change.
local function tell(kind, row, message)
  local shown = records.show(row)
  shown.message = message
  ledger.write({ bot = row.bot, subject = row.conversation }, kind.updated, shown)
end

function followups.patch(kind)
  return function(request)
    local row, message, code = resource.one("followup.get", kind.name, request.path[kind.name])
    if not row then return nil, message, code end
    local changes = apply(row, request.body)
    if not changes then return 200, show(row) end
    if row.wanted_at and row.wanted_until and row.wanted_until < row.wanted_at then
      return nil,
        nil,
        "invalid",
        { { pointer = "/wanted_until", code = "not_allowed", detail = "is before wanted_at" } }
    end
    records.update(row)
    records.note(row, "changed", author_of(request), changes)
    tell(kind, row)
    if kind.name == "lead" then palette.tell_standing(row.bot, row.conversation) end
    return 200, show(row)
  end
end

function followups.history(kind)
  return function(request)
    local row, message, code = resource.one("followup.get", kind.name, request.path[kind.name])
    if not row then return nil, message, code end
    local rows
    rows, message, code = host.query(
      "followup_entry.list",
      row.id,
      request.after or "",
      request.query.kind,
      request.query.limit + 1
    )
    if not rows then return nil, message, code end
    return pages.answer(request, rows, show_entry, function(entry) return entry.id end)
  end
end

function followups.add_note(kind)
  return function(request)
    local row, message, code = resource.one("followup.get", kind.name, request.path[kind.name])
    if not row then return nil, message, code end
    local entry =
      records.note(row, "note", request.body.author or author_of(request), { text = request.body.text })
    return 201, show_entry(entry)
  end
end

local HEAD = {
  "id",
  "number",
  "status",
  "assignee",
  "name",
  "email",
  "phone",
  "subject",
  "bot",
  "conversation",
  "created_at",
}

-- Columns of their own for what the forms asked beside the contact.
local function field_names(rows)
  local seen, names = {}, {}
  for _, name in ipairs(HEAD) do
    seen[name] = true
  end
  for _, row in ipairs(rows) do
    row.fields = json.decode(row.fields)
    for name in pairs(row.fields) do
      if not seen[name] then
        seen[name] = true
        names[#names + 1] = name
      end
    end
  end
  table.sort(names)
  return names
end

local function line_of(row, names)
  local values = {}
  for i, name in ipairs(HEAD) do
    values[i] = row[name]
  end
  values[#HEAD] = host.rfc3339(row.created_at)
  for i, name in ipairs(names) do
    local value = row.fields[name]
    values[#HEAD + i] = type(value) == "table" and json.encode(value) or value
  end
  return csv.line(values, #HEAD + #names)
end

-- The newest first, as a file; `next-cursor` leads to the rest.
function followups.export(kind)
  return function(request)
    local rows, message, code = rows_of(request, kind, request.query.limit + 1)
    if not rows then return nil, message, code end
    local names = field_names(rows)
    local head = table.move(HEAD, 1, #HEAD, 1, {})
    local lines, bytes, last = { csv.line(table.move(names, 1, #names, #HEAD + 1, head)) }, 0, nil
    for i, row in ipairs(rows) do
      local line = i <= request.query.limit and line_of(row, names)
      if not line or (last and bytes + #line > EXPORT_BYTES) then break end
      lines[#lines + 1], bytes, last = line, bytes + #line, row
    end
    local headers = {
      ["content-type"] = "text/csv; charset=utf-8",
      ["content-disposition"] = ('attachment; filename="%ss.csv"'):format(kind.name),
    }
    if last and last ~= rows[#rows] then headers["next-cursor"] = pages.cursor(request, last.id) end
    return 200, table.concat(lines), headers
  end
end

-- A message of the team on a ticket; the visitor's conversation is told.
function followups.send(kind)
  return function(request)
    local row, message, code = resource.one("followup.get", kind.name, request.path[kind.name])
    if not row then return nil, message, code end
    local author = request.body.author or author_of(request)
    local body = { text = request.body.text, from = "team" }
    if row.status == "open" then row.status = "pending" end -- now it is the visitor's turn
    records.update(row)
    local entry = records.note(row, "message", author, body)
    records.deliver(row, request.body.author, request.body.text)
    tell(kind, row, { from = "team", text = request.body.text })
    return 201, show_entry(entry)
  end
end

return followups
