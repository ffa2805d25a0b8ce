-- Notices of events to people of the client: who wants which, at once or in
-- the daily summary. Rows of `mail` are written with the event's other
-- deliveries (jobs/events); jobs/mailer sends them.
local host = require "host"
local json = require "json"
local business = require "prelude.business"
local jobs = require "prelude.jobs"
local render = require "mail.render"
local time = require "lib.time"

local notices = {}

notices.RECIPIENTS_MAX = 20 -- of one account
notices.HOUR_MAX = 30 -- notices at once to one person in an hour; more are collected for an hour
notices.OFF = "mail is off"

-- event -> kind of notice; some events are one only at times.
local KINDS = {
  ["lead.created"] = "lead",
  ["callback.requested"] = "callback",
  ["ticket.created"] = "ticket",
  ["ticket.updated"] = "ticket_message",
  ["handover.requested"] = "handover",
  ["limit.warning"] = "webhook",
  ["script.failed"] = "script",
}

local ONLY_WHEN = {
  ticket_message = function(data) return type(data.message) == "table" and data.message.from == "visitor" end,
  webhook = function(data) return data.what == "webhook" end,
}

notices.kinds = render.kinds

function notices.is_on() return host.setting "mail_from" ~= nil end

local function decode_list(s)
  local set = {}
  for _, kind in ipairs(json.decode(s) or {}) do
    set[kind] = true
  end
  return set
end

-- A row of mail_recipient with its lists decoded.
function notices.decode(row)
  row.once, row.later = decode_list(row.at_once), decode_list(row.daily)
  return row
end

-- Recipients of this tenant, or nil, message while the store is away.
function notices.recipients()
  local rows, message, code = host.query("mail_recipient.list", "", notices.RECIPIENTS_MAX)
  if not rows then return nil, message, code end
  for _, row in ipairs(rows) do
    notices.decode(row)
  end
  return rows
end

-- Names of the events of which these people want notices.
function notices.names(recipients)
  local names = {}
  for name, kind in pairs(KINDS) do
    for _, row in ipairs(recipients) do
      if row.state == "on" and (row.once[kind] or row.later[kind]) then names[#names + 1] = name end
    end
  end
  return names
end

-- The time zone of the business: that of its first bot with hours. nil: UTC.
function notices.zone()
  local bots = host.query "bot.list"
  for _, bot in ipairs(bots or {}) do
    local entry = business.of(bot.id)
    if entry and entry.hours then return entry.hours.zone end
  end
  return nil
end

-- The next moment after `now` (UTC ms) at which it is `hour` o'clock in the zone.
function notices.next_hour(now, hour, zone)
  local function ahead(ms) return (zone and host.zone_offset(zone, ms) or 0) * time.MINUTE end
  local day = (now + ahead(now)) // time.DAY
  for i = 0, 2 do
    local wall = (day + i) * time.DAY + hour * time.HOUR
    local at = wall - ahead(wall - ahead(wall))
    if at > now then return at end
  end
end

-- Made of the event and the person, so that a second fan-out changes nothing.
local function id_of(event, recipient, kind)
  return ("mail_%s_%s"):format(
    string.sub(event.id, 5),
    string.sub(host.sha256(recipient.id .. "/" .. kind), 1, 12)
  )
end

local function insert(event, recipient, kind, state, due, why, now)
  host.write(
    "mail.insert",
    id_of(event, recipient, kind),
    kind,
    recipient.id,
    recipient.email,
    recipient.language,
    event.bot,
    event.id,
    nil,
    state,
    due,
    why,
    now
  )
end

-- Kinds of notice that somebody wants -> true.
local function wanted(recipients)
  local set = {}
  for _, row in ipairs(recipients) do
    for _, kind in ipairs(row.state == "on" and notices.kinds or {}) do
      set[kind] = set[kind] or row.once[kind] or row.later[kind]
    end
  end
  return set
end

-- The kind of notice that an event is; false: none. nil, message: the store is away.
local function kind_of(event, wants)
  local kind = KINDS[event.type]
  if not kind or event.target or not wants[kind] then return false end
  if not ONLY_WHEN[kind] then return kind end
  local rows, message = host.query("event.get", event.id)
  if not rows then return nil, message end
  return rows[1] and ONLY_WHEN[kind](json.decode(rows[1].body).data) and kind or false
end

local function may_tell(events)
  for _, event in ipairs(events) do
    if KINDS[event.type] then return true end
  end
  return false
end

-- What a round of the fan-out needs, read before anything is written. events:
-- rows. nil, message while the store is away.
function notices.round(events, now)
  local round = { now = now, kinds = {}, recipients = {}, counts = {} }
  if not may_tell(events) then return round end
  local recipients, message = notices.recipients()
  if not recipients then return nil, message end
  local wants = wanted(recipients)
  if not next(wants) then return round end
  for _, event in ipairs(events) do
    local kind
    kind, message = kind_of(event, wants)
    if kind == nil then return nil, message end
    round.kinds[event.id] = kind or nil
  end
  round.recipients, round.zone = recipients, notices.zone()
  for _, row in ipairs(host.query("mail.lately", now - time.HOUR) or {}) do
    round.counts[row.recipient] = row.count
  end
  return round
end

local function when(round, recipient, kind)
  local now = round.now
  if not recipient.once[kind] then return "collected", notices.next_hour(now, recipient.hour, round.zone) end
  local count = (round.counts[recipient.id] or 0) + 1
  round.counts[recipient.id] = count
  if count > notices.HOUR_MAX then return "collected", (now // time.HOUR + 1) * time.HOUR end
  return "waiting", now
end

-- Writes the notices of one event.
function notices.fan_out(round, event)
  local kind = round.kinds[event.id]
  if not kind then return end
  for _, recipient in ipairs(round.recipients) do
    if recipient.state == "on" and (recipient.once[kind] or recipient.later[kind]) then
      local state, due = when(round, recipient, kind)
      if not notices.is_on() then
        insert(event, recipient, kind, "off", round.now, notices.OFF, round.now)
      else
        insert(event, recipient, kind, state, due, nil, round.now)
        round.due = math.min(round.due or due, due)
      end
    end
  end
end

-- The mailer comes when the first of them is due.
function notices.finish(round)
  if round.due then notices.arm(round.due) end
end

function notices.arm(due) jobs.arm("mail", "mail", "all", due) end

return notices
