-- Endpoints as their owners see them: what may be in one, new secrets, the
-- test event, replays. Everything here is part of the caller's turn.
local host = require "host"
local event_names = require "lib.event_names"
local jobs = require "prelude.jobs"
local json = require "json"
local ledger = require "hooks.ledger"
local signature = require "hooks.signature"

local endpoints = {}

endpoints.MAX = 20 -- of one account
endpoints.HEADERS_MAX = 10
local OLD_SECRET_MS = 24 * 3600000

-- Headers that are ours, or the connection's.
local TAKEN = {
  ["connection"] = true,
  ["content-length"] = true,
  ["content-type"] = true,
  ["expect"] = true,
  ["host"] = true,
  ["keep-alive"] = true,
  ["te"] = true,
  ["trailer"] = true,
  ["transfer-encoding"] = true,
  ["upgrade"] = true,
  ["user-agent"] = true,
}

local function header_fault(name, value)
  if #name > 60 or not string.find(name, "^[%w!#$%%&'*+%-.^_`|~]+$") then return "is no name of a header" end
  local lower = string.lower(name)
  if TAKEN[lower] or string.find(lower, "^webhook%-") or string.find(lower, "^azentiko%-") then
    return "is set by the server itself"
  end
  if value == "" or string.find(value, "[^\32-\126]") then return "must be printable ASCII" end
  return nil
end

local function fault(pointer, detail) return { pointer = pointer, code = "not_allowed", detail = detail } end

-- The faults of what a client wants in an endpoint, or nil.
function endpoints.faults(body)
  local faults = {}
  local why = body.url and host.check_url(body.url)
  if why then faults[#faults + 1] = fault("/url", why) end
  for i, filter in ipairs(body.events or {}) do
    if not event_names.is_filter(filter) then
      faults[#faults + 1] = fault("/events/" .. i - 1, "there is no such event")
    end
  end
  for name, value in pairs(body.headers or {}) do
    why = header_fault(name, value)
    if why then faults[#faults + 1] = fault("/headers/" .. name, why) end
  end
  return faults[1] and faults or nil
end

local function sealed_headers(headers)
  return headers and next(headers) and host.seal("webhook", json.encode(headers)) or nil
end

-- Returns the id and the secret, which is never shown again.
function endpoints.create(body, now)
  local id, secret = host.new_id "whk", signature.new_secret()
  host.write(
    "endpoint.insert",
    id,
    nil,
    nil,
    body.url,
    json.encode(json.array(body.events)),
    host.seal("webhook", secret),
    sealed_headers(body.headers),
    body.description or "",
    now
  )
  return id, secret
end

-- row: as stored; body: the fields that change.
function endpoints.update(row, body, now)
  local headers = row.headers
  if body.headers then headers = sealed_headers(body.headers) end
  host.write(
    "endpoint.update",
    row.id,
    body.url or row.url,
    body.events and json.encode(json.array(body.events)) or row.events,
    headers,
    body.description or row.description,
    now
  )
end

-- A new secret; for a day requests are signed with the old one, too.
function endpoints.rotate(row, now)
  local secret = signature.new_secret()
  host.write("endpoint.rotate", row.id, host.seal("webhook", secret), row.secret, now + OLD_SECRET_MS, now)
  return secret
end

function endpoints.delete(id)
  host.write("endpoint.delete", id)
  host.write("delivery.drop", id)
  host.write("outbox.cancel", "deliver/" .. id)
end

function endpoints.wake(id) jobs.arm("deliver/" .. id, "deliver", id) end

-- A test event for this endpoint alone; its id.
function endpoints.test(id, now)
  local event, n = ledger.silent("webhook.test", { endpoint = id })
  host.write("delivery.insert", id, event, n, nil, now, now)
  endpoints.wake(id)
  return event
end

return endpoints
