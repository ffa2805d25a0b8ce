-- Leads, callback requests and tickets: rows that commit with the turn in which
-- the visitor left them, with their history and their event.
local host = require "host"
local json = require "json"
local business = require "prelude.business"
local contact = require "lib.contact"
local events = require "prelude.events"
local jobs = require "prelude.jobs"
local kinds = require "lib.followup_kinds"
local palette = require "prelude.palette"

local followups = {}

local JOIN_MS = 30 * 86400000 -- the same contact within so long is the same lead or callback
local COLUMNS = { name = 200, subject = 300 } -- characters that a column keeps; fields has all

followups.kinds = kinds

-- A row as events show it; the API says null (nothing) where one has no value.
function followups.show(row, nothing)
  local kind = kinds[row.kind]
  local function at(ms)
    if ms then return host.rfc3339(ms) end
    return nothing
  end
  return {
    id = row.id,
    number = kind.numbered and (row.number or nothing) or nil,
    bot = row.bot,
    conversation = row.conversation,
    visitor = row.visitor,
    status = row.status,
    assignee = row.assignee or nothing,
    name = row.name or nothing,
    email = row.email or nothing,
    phone = row.phone or nothing,
    subject = kind.numbered and (row.subject or nothing) or nil,
    fields = type(row.fields) == "table" and row.fields or json.decode(row.fields),
    consent = row.consent and json.decode(row.consent) or nothing,
    wanted_at = row.kind == "callback" and at(row.wanted_at) or nil,
    wanted_until = row.kind == "callback" and at(row.wanted_until) or nil,
    created_at = at(row.created_at),
    updated_at = at(row.updated_at),
  }
end

-- One line of the history, as part of this turn.
function followups.note(row, kind, author, body)
  local now = host.now()
  local id = host.new_id "ent"
  host.write("followup_entry.insert", row.id, id, kind, author, json.encode(body), now)
  return { id = id, kind = kind, author = author, body = body, at = now }
end

-- Writes a changed row that was read as it is in the store.
function followups.update(row)
  local before = row.updated_at
  row.updated_at = math.max(host.now(), before + 1)
  local fields = type(row.fields) == "table" and json.encode(row.fields) or row.fields
  host.write(
    "followup.update",
    row.id,
    before,
    row.status,
    row.assignee,
    row.name,
    row.email,
    row.phone,
    row.subject,
    fields,
    row.consent,
    row.wanted_at,
    row.wanted_until,
    row.conversation,
    row.updated_at
  )
end

local function insert(row)
  host.write(
    "followup.insert",
    row.id,
    row.kind,
    row.number,
    row.bot,
    row.conversation,
    row.visitor,
    row.status,
    row.name,
    row.email,
    row.phone,
    row.subject,
    json.encode(row.fields),
    row.consent,
    row.wanted_at,
    row.wanted_until,
    row.created_at
  )
end

local function column(fields, name)
  local value = fields[name]
  if type(value) ~= "string" or value == "" then return nil end
  local stop = utf8.offset(value, COLUMNS[name] + 1)
  return stop and stop <= #value and string.sub(value, 1, stop - 1) or value
end

local function country_of(bot)
  local entry = business.of(bot)
  local address = entry and entry.data.address and entry.data.address[1]
  return address and address.country
end

-- The contact as it is compared; a number that cannot be told stays as typed.
local function contact_of(self, fields)
  local email, phone = fields.email, fields.phone
  email = type(email) == "string" and contact.email(email) or nil
  if type(phone) == "string" then
    phone = contact.phone(phone, country_of(self.b)) or phone
  else
    phone = nil
  end
  return email, phone
end

-- The store did not say in time, but may take the row all the same: a second
-- lead or a ticket without a number is better than one that is lost.
local function nothing_known(what, message, code)
  host.log("warn", ("%s not read: %s"):format(what, tostring(message)), { code = tostring(code) })
  return nil
end

-- The open row of the same contact that this one joins, if there is one.
local function same(self, kind, email, phone)
  if not kind.joins or self.e or not (email or phone) then return nil end
  local rows, message, code =
    host.query("followup.same", kind.name, self.b, email, phone, host.now() - JOIN_MS)
  if not rows then return nothing_known("same contact", message, code) end
  local row = rows[1]
  return row and kind.open[row.status] and row or nil
end

-- cache: the greatest number that was given here. Turns of the same moment do not see
-- each other's rows, and one of them would be a conflict and come again.
local last_number = 0

local function next_number(self, kind)
  if not kind.numbered then return nil end
  if self.e then return 1 end
  local recorded = self.rehearsal and table.remove(self.rehearsal.numbers, 1)
  if recorded then return recorded end
  local rows, message, code = host.query("followup.next_number", kind.name)
  if not rows then return nothing_known("next number", message, code) end
  last_number = math.max(rows[1].number, last_number + 1)
  return last_number
end

-- What is new replaces what was; the fields given before are in the history.
local function join(self, kind, row, given)
  row.fields = json.decode(row.fields)
  local before = row.fields
  row.fields = {}
  for _, source in ipairs { before, given.fields } do
    for name, value in pairs(source) do
      row.fields[name] = value
    end
  end
  for _, name in ipairs { "name", "email", "phone", "subject", "consent", "wanted_at", "wanted_until" } do
    row[name] = given[name] or row[name]
  end
  row.conversation = self.k
  followups.update(row)
  palette.left(self, row.kind, row.status)
  followups.note(row, "joined", "visitor", { fields = given.fields, before = before, conversation = self.k })
  events.raise(self, kind.updated, followups.show(row))
  return row
end

-- Has the visitor's conversation say what the team answered; see prelude/tickets.
function followups.deliver(row, author, text)
  if row.conversation == "" then return end
  local body = json.encode { number = row.number, author = author, text = text }
  jobs.add("ticket.message", row.conversation, body)
end

-- Keeps what a visitor gave; options: consent, wanted_at, wanted_until. The row
-- that has it now, joined = true when it is an earlier one.
function followups.open(self, name, fields, options)
  local kind = kinds[name]
  options = options or {}
  local email, phone = contact_of(self, fields)
  local row = {
    kind = name,
    fields = fields,
    name = column(fields, "name"),
    subject = column(fields, "subject"),
    email = email,
    phone = phone,
    consent = options.consent and json.encode(options.consent),
    wanted_at = options.wanted_at,
    wanted_until = options.wanted_until,
  }
  local found = same(self, kind, email, phone)
  if found then return join(self, kind, found, row), true end
  local now = host.now()
  row.id, row.number = host.new_id(kind.prefix), next_number(self, kind)
  row.bot, row.conversation, row.visitor = self.b, self.k, self.v or ""
  row.status, row.created_at, row.updated_at = kind.first, now, now
  palette.left(self, name, row.status)
  if not self.e then
    insert(row)
    followups.note(row, "created", "visitor", { conversation = self.k })
  end
  events.raise(self, kind.created, followups.show(row))
  return row, false
end

return followups
