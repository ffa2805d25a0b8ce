-- Events become rows in the turn that caused them. From there jobs/events
-- makes deliveries of them; a crash or an endpoint that is away loses none.
-- Those of every message are written only when somebody listens: what
-- happened stands with the message itself.
local host = require "host"
local jobs = require "prelude.jobs"
local json = require "json"
local listeners = require "hooks.listeners"

local ledger = {}

local rehearsing = host.setting "rehearsal" ~= nil

local BODY_MAX = 65536

local FREQUENT = { ["command.used"] = true, ["message.created"] = true }

local last_n = 0 -- of this state; events of one millisecond keep their order

local function next_n(now)
  last_n = math.max(last_n + 1, now * 1000)
  return last_n
end

local function insert(about, name, data, target, waiting)
  local now = host.now()
  local body = json.encode { type = name, timestamp = host.rfc3339(now), data = data }
  if not body then error("this cannot be written as JSON", 3) end
  if #body > BODY_MAX then error("an event may have at most 64 KiB", 3) end
  local id, n = host.new_id "evt", next_n(now)
  host.write("event.insert", id, n, name, target, about.bot, about.subject, body, waiting, now)
  return id, n
end

-- One event. about: { bot, subject, heard }, all may be nil; events of one
-- subject (a conversation) arrive in their order; heard: do not look who listens. target: one webhook of the scripts.
-- Returns its id, or nil when nobody hears it and it is not kept.
function ledger.write(about, name, data, target)
  local heard = target ~= nil or about.heard or listeners.hears(name, about.bot)
  if rehearsing and not FREQUENT[name] then
    local rehearsal = require "prelude.rehearsal" -- which needs this module
    rehearsal.note(target and "webhook" or "event", (target or name) .. " " .. rehearsal.fields(data))
    heard = false -- nothing leaves
  end
  if not heard and FREQUENT[name] then return nil end
  local id = insert(about, name, data, target, heard and 1 or 0)
  if heard then jobs.arm("events", "events", "all") end
  return id
end

-- An event that is nobody's until the caller says whose: its id and number.
function ledger.silent(name, data) return insert({}, name, data, nil, 0) end

return ledger
