-- /v1/webhooks: endpoints that get events, and the log of their deliveries
-- (docs/webhooks.md).
local host = require "host"
local json = require "json"
local endpoints = require "hooks.endpoints"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"

local URL_MAX, DESCRIPTION_MAX, FILTERS_MAX, VALUE_MAX = 2000, 500, 30, 1000
local STATES = { "on", "off" }

local function at(ms) return ms and ms > 0 and host.rfc3339(ms) or json.null end

local function header_names(row)
  local names = {}
  for name in pairs(row.headers and json.decode(host.unseal("webhook", row.headers) or "{}") or {}) do
    names[#names + 1] = name
  end
  return json.array(names)
end

local function show(row)
  return {
    id = row.id,
    url = row.url or json.null,
    script = row.script and { bot = row.bot, name = row.script } or json.null,
    events = json.array(json.decode(row.events)),
    header_names = header_names(row),
    description = row.description,
    state = row.state,
    reason = row.reason or json.null,
    failures = row.failures,
    failing_since = at(row.failing_since),
    old_secret_until = at(row.old_secret and row.old_until),
    created_at = at(row.created_at),
    updated_at = at(row.updated_at),
  }
end

local function schema(more)
  local all = {
    id = shapes.id "whk",
    url = shapes.maybe(shapes.text(URL_MAX)),
    script = {
      type = { "object", "null" },
      properties = { bot = shapes.id "bot", name = shapes.text(60) },
      required = { "bot", "name" },
      additionalProperties = false,
      description = "Where the webhook is one of a bot's scripts.",
    },
    events = shapes.list(shapes.text(60), FILTERS_MAX),
    header_names = shapes.list(shapes.text(60), endpoints.HEADERS_MAX),
    description = shapes.text(DESCRIPTION_MAX),
    state = { type = "string", enum = STATES },
    reason = shapes.maybe(shapes.text(300)),
    failures = { type = "integer" },
    failing_since = shapes.maybe(shapes.time()),
    old_secret_until = shapes.maybe(shapes.time()),
    created_at = shapes.time(),
    updated_at = shapes.time(),
  }
  for name, property in pairs(more or {}) do
    all[name] = property
  end
  return shapes.object(all)
end

local FIELDS = {
  url = shapes.text(URL_MAX, { minLength = 1, description = "An https:// address of the public Internet." }),
  events = shapes.list(
    shapes.text(60),
    FILTERS_MAX,
    { minItems = 1, description = "`lead.created`, `lead.*` or `*`." }
  ),
  headers = {
    type = "object",
    additionalProperties = shapes.text(VALUE_MAX),
    maxProperties = endpoints.HEADERS_MAX,
    description = "Sent with each request; their values are never shown again.",
  },
  description = shapes.text(DESCRIPTION_MAX),
}

local function invalid(faults) return nil, nil, "invalid", faults end

local function create(request)
  local faults = endpoints.faults(request.body)
  if faults then return invalid(faults) end
  local found, message, code = host.query("endpoint.list", "", endpoints.MAX + 1)
  if not found then return nil, message, code end
  if #found >= endpoints.MAX then
    return invalid { { pointer = "", code = "too_many", detail = "an account has at most 20 endpoints" } }
  end
  local id, secret = endpoints.create(request.body, request.now)
  local shown = show {
    id = id,
    url = request.body.url,
    events = json.encode(json.array(request.body.events)),
    description = request.body.description or "",
    state = "on",
    failures = 0,
    created_at = request.now,
    updated_at = request.now,
  }
  for name in pairs(request.body.headers or {}) do
    table.insert(shown.header_names, name)
  end
  return 201, resource.with_secret(request, shown, secret)
end

local function update(request, row)
  local body = request.body
  local faults = endpoints.faults(body)
  if faults then return invalid(faults) end
  local changes = body.url or body.events or body.headers or body.description
  if changes and row.script then
    return invalid {
      { pointer = "", code = "not_allowed", detail = "the bot's scripts say what this one does" },
    }
  end
  if changes then endpoints.update(row, body, request.now) end
  if body.state and body.state ~= row.state then
    host.write(
      "endpoint.switch",
      row.id,
      body.state,
      body.state == "off" and "turned off" or nil,
      request.now
    )
    if body.state == "on" then endpoints.wake(row.id) end
  end
  row.url, row.description = body.url or row.url, body.description or row.description
  row.events = body.events and json.encode(json.array(body.events)) or row.events
  row.state, row.updated_at = body.state or row.state, request.now
  if body.headers then
    row.headers = next(body.headers) and host.seal("webhook", json.encode(body.headers)) or nil
  end
  return 200, show(row)
end

local function delete(_, row)
  endpoints.delete(row.id)
  return 204
end

local function rotate(request, row)
  if row.script then
    return invalid {
      { pointer = "", code = "not_allowed", detail = "the bot's scripts name this one's secret" },
    }
  end
  local secret = endpoints.rotate(row, request.now)
  row.old_secret, row.old_until, row.updated_at = row.secret, request.now + 86400000, request.now
  return 200, resource.with_secret(request, show(row), secret)
end

local function test(request, row) return 202, { event = endpoints.test(row.id, request.now) } end

local ONE = "/v1/webhooks/{webhook}"
local STARTED = shapes.object { event = shapes.id "evt" }

return {
  {
    method = "GET",
    path = "/v1/webhooks",
    scope = "webhooks:read",
    summary = "Webhook endpoints of the account, oldest first",
    list = true,
    responses = { [200] = { description = "Endpoints", schema = pages.schema(schema()) } },
    run = resource.list("endpoint.list", show),
  },
  {
    method = "POST",
    path = "/v1/webhooks",
    scope = "webhooks:write",
    summary = "Makes a webhook endpoint",
    description = "The signing secret is in this answer only; "
      .. "a repeat with the same Idempotency-Key says `null` in its place.",
    body = shapes.input(
      FIELDS,
      { "url", "events" },
      { example = { url = "https://example.com/in", events = { "lead.*" } } }
    ),
    responses = {
      [201] = { description = "The endpoint", schema = schema { secret = shapes.maybe(shapes.text(100)) } },
    },
    run = create,
  },
  {
    method = "GET",
    path = ONE,
    scope = "webhooks:read",
    summary = "One webhook endpoint",
    responses = { [200] = { description = "The endpoint", schema = schema() } },
    run = resource.on("endpoint.get", "webhook", function(_, row) return 200, show(row) end),
  },
  {
    method = "PATCH",
    path = ONE,
    scope = "webhooks:write",
    summary = "Changes a webhook endpoint, turns it on or off",
    body = shapes.input({
      url = FIELDS.url,
      events = FIELDS.events,
      headers = FIELDS.headers,
      description = FIELDS.description,
      state = { type = "string", enum = STATES },
    }, nil, { minProperties = 1, example = { state = "on" } }),
    responses = { [200] = { description = "The endpoint", schema = schema() } },
    run = resource.on("endpoint.get", "webhook", update),
  },
  {
    method = "DELETE",
    path = ONE,
    scope = "webhooks:write",
    summary = "Deletes a webhook endpoint and what waits for it",
    responses = { [204] = { description = "Deleted" } },
    run = resource.on("endpoint.get", "webhook", delete),
  },
  {
    method = "POST",
    path = ONE .. "/secret",
    scope = "webhooks:write",
    summary = "Replaces the signing secret",
    description = "For 24 hours requests are signed with the old one, too. The secret is in this answer only.",
    responses = {
      [200] = { description = "The endpoint", schema = schema { secret = shapes.maybe(shapes.text(100)) } },
    },
    run = resource.on("endpoint.get", "webhook", rotate),
  },
  {
    method = "POST",
    path = ONE .. "/test",
    scope = "webhooks:write",
    summary = "Sends a test event (`webhook.test`) to this endpoint alone",
    responses = { [202] = { description = "On its way", schema = STARTED } },
    run = resource.on("endpoint.get", "webhook", test),
  },
}
