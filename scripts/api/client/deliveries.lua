-- /v1/webhooks/{webhook}/deliveries: what was sent to an endpoint, what came
-- back, and sending it once more.
local host = require "host"
local json = require "json"
local endpoints = require "hooks.endpoints"
local formats = require "api.formats"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"

local NEWEST = math.maxinteger
local STATES = { "waiting", "shaping", "delivered", "failed", "skipped" }

local function at(ms) return ms and host.rfc3339(ms) or json.null end

local function show(row)
  local open = row.state == "waiting" or row.state == "shaping"
  return {
    event = row.event,
    type = row.type,
    at = at(row.at),
    state = row.state,
    attempts = row.attempts,
    next_try_at = open and at(row.due_at) or json.null,
    last_status = row.last_status or json.null,
    updated_at = at(row.updated_at),
  }
end

local PROPERTIES = {
  event = shapes.id "evt",
  type = shapes.text(100),
  at = shapes.time(),
  state = { type = "string", enum = STATES },
  attempts = { type = "integer" },
  next_try_at = shapes.maybe(shapes.time()),
  last_status = { type = { "integer", "null" } },
  updated_at = shapes.time(),
}

local function schema(more)
  local all = {}
  for _, part in ipairs { PROPERTIES, more or {} } do
    for name, property in pairs(part) do
      all[name] = property
    end
  end
  return shapes.object(all)
end

local ATTEMPT = shapes.object {
  at = shapes.time(),
  attempt = { type = "integer" },
  status = { type = { "integer", "null" } },
  ms = { type = "integer" },
  answer = shapes.maybe(shapes.text(1100)),
  error = shapes.maybe(shapes.text(500)),
}

-- Is the endpoint one of this account?
local function known(request)
  local rows, message, code = host.query("endpoint.get", request.path.webhook)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, nil, "not_found" end
  return rows[1]
end

local function list(request)
  local endpoint, message, code = known(request)
  if not endpoint then return nil, message, code end
  local before = math.tointeger(tonumber(request.after or "")) or NEWEST
  local rows
  rows, message, code = host.query("delivery.list", endpoint.id, before, request.query.limit + 1)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return tostring(row.n) end)
end

local function get(request)
  local row, message, code = resource.one("delivery.get", request.path.webhook, request.path.event)
  if not row then return nil, message, code end
  local rows
  rows, message, code = host.query("attempt.list", request.path.webhook, request.path.event)
  if not rows then return nil, message, code end
  local shown = show(row)
  shown.body, shown.log = row.body, json.array {}
  for i = math.max(1, #rows - 49), #rows do
    local try = rows[i]
    table.insert(shown.log, {
      at = at(try.at),
      attempt = try.attempt,
      status = try.status or json.null,
      ms = try.ms,
      answer = try.answer or json.null,
      error = try.error or json.null,
    })
  end
  return 200, shown
end

local function replay(request)
  local row, message, code = resource.one("delivery.get", request.path.webhook, request.path.event)
  if not row then return nil, message, code end
  host.write("delivery.replay", request.path.webhook, row.event, request.now)
  endpoints.wake(request.path.webhook)
  return 202, { event = row.event }
end

local function replay_range(request)
  local endpoint, message, code = known(request)
  if not endpoint then return nil, message, code end
  local from = formats.parse_time(request.body.since)
  local till = request.body["until"] and formats.parse_time(request.body["until"])
  if request.body.failed_only ~= false and not till then
    host.write("delivery.recover", endpoint.id, from * 1000, request.now)
  else
    host.write("delivery.replay_range", endpoint.id, from * 1000, (till or request.now) * 1000, request.now)
  end
  endpoints.wake(endpoint.id)
  return 202, { endpoint = endpoint.id }
end

local PATH = "/v1/webhooks/{webhook}/deliveries"

return {
  {
    method = "GET",
    path = PATH,
    scope = "webhooks:read",
    summary = "What was sent to an endpoint, newest event first",
    list = true,
    responses = { [200] = { description = "Deliveries", schema = pages.schema(schema()) } },
    run = list,
  },
  {
    method = "GET",
    path = PATH .. "/{event}",
    scope = "webhooks:read",
    summary = "One delivery with its body and the log of its last 50 attempts",
    responses = {
      [200] = {
        description = "The delivery",
        schema = schema { body = shapes.text(70000), log = shapes.list(ATTEMPT, 50) },
      },
    },
    run = get,
  },
  {
    method = "POST",
    path = PATH .. "/{event}/replay",
    scope = "webhooks:write",
    summary = "Sends it once more, with the same id and body",
    responses = { [202] = { description = "On its way", schema = shapes.object { event = shapes.id "evt" } } },
    run = replay,
  },
  {
    method = "POST",
    path = "/v1/webhooks/{webhook}/replay",
    scope = "webhooks:write",
    summary = "Sends again what failed since a time, or everything of a span of time",
    body = shapes.input({
      since = shapes.time(),
      ["until"] = shapes.time "Together with `since`: everything between the two, delivered or failed.",
      failed_only = { type = "boolean", description = "Without `until`: false sends everything again." },
    }, { "since" }, { example = { since = "2026-11-25T10:00:00Z" } }),
    responses = {
      [202] = { description = "On its way", schema = shapes.object { endpoint = shapes.id "whk" } },
    },
    run = replay_range,
  },
}
