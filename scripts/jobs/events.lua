-- The tenant's one actor that makes deliveries of events: for each endpoint
-- that asked for the event a row in its queue, and for each person who wants a
-- notice of it by mail a row in that queue. No script of a client runs
-- here, so nothing can hold up another endpoint's deliveries.
local host = require "host"
local event_names = require "lib.event_names"
local jobs = require "prelude.jobs"
local json = require "json"
local notices = require "mail.notices"
local reshape = require "hooks.reshape"

local events = {}

local BATCH, ROUNDS = 250, 8
local DELIVERIES_MAX = 5000 -- that one batch may write
local ENDPOINTS_MAX, SCRIPTS_MAX = 200, 20 -- webhooks of scripts that have no row yet

function events.new(kind) return { kind = kind } end

local function wants(filters, event)
  for _, filter in ipairs(filters) do
    if event_names.fits(filter, event.type) then return true end
  end
  return false
end

-- A webhook of the scripts has an endpoint row from its first event on.
local function script_endpoint(endpoints, bot, name, now)
  for _, endpoint in ipairs(endpoints) do
    if endpoint.script == name and endpoint.bot == bot then return endpoint end
  end
  local endpoint = { id = host.new_id "whk", bot = bot, script = name, state = "on", filters = {} }
  local about = "bot.webhook '" .. name .. "'"
  host.write("endpoint.insert", endpoint.id, bot, name, nil, "[]", nil, nil, about, now)
  endpoints[#endpoints + 1] = endpoint
  return endpoint
end

local function load_endpoints()
  local rows, message = host.query("endpoint.list", "", ENDPOINTS_MAX)
  if not rows then return nil, message end
  for _, row in ipairs(rows) do
    row.filters = json.decode(row.events) or {}
  end
  return rows
end

local function fan_out(event, endpoints, touched, now)
  local list = {}
  for name, hook in pairs(reshape.hooks(event.bot)) do
    local asked = not event.target and hook.events and wants(hook.events, event)
    if asked or name == event.target then
      list[#list + 1] = script_endpoint(endpoints, event.bot, name, now)
    end
  end
  for _, endpoint in ipairs(event.target and {} or endpoints) do
    if endpoint.state == "on" and wants(endpoint.filters, event) then list[#list + 1] = endpoint end
  end
  for _, endpoint in ipairs(list) do
    host.write("delivery.insert", endpoint.id, event.id, event.n, event.subject, event.at, now)
    touched[endpoint.id] = true
  end
  host.write("event.dispatched", event.id)
end

-- true: there may be more; nil, message: the store is away.
local function batch()
  local endpoints, message = load_endpoints()
  if not endpoints then return nil, message end
  local most =
    math.max(1, math.min(BATCH, DELIVERIES_MAX // (#endpoints + SCRIPTS_MAX + notices.RECIPIENTS_MAX)))
  local rows
  rows, message = host.query("event.waiting", most)
  if not rows then return nil, message end
  if not rows[1] then return false end
  local touched, now = {}, host.now()
  local round
  round, message = notices.round(rows, now)
  if not round then return nil, message end
  for _, event in ipairs(rows) do
    fan_out(event, endpoints, touched, now)
    notices.fan_out(round, event)
  end
  notices.finish(round)
  for id in pairs(touched) do
    jobs.arm("deliver/" .. id, "deliver", id)
  end
  host.commit()
  return #rows == most
end

function events.deliver(_, kind, payload)
  local job = kind == "mail" and jobs.take(payload)
  if not job then return end
  local more, message
  for _ = 1, ROUNDS do
    more, message = batch()
    if not more then break end
  end
  if more == nil then return jobs.retry(job, message) end
  jobs.rest(job, more and host.now() or nil)
end

return events
