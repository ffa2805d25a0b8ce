-- A client's request in its tenant's state: quota, scope, parameters, body,
-- then the route's own function; see api/routes for what that gets and gives.
local host = require "host"
local json = require "json"
local pages = require "api.pages"
local problem = require "prelude.problem"
local query_text = require "api.query_text"
local quota = require "api.quota"
local repeats = require "api.repeats"
local routes = require "api.routes"
local schema = require "api.schema"

local serve = {}

local SEGMENT_MAX = 100

-- code -> status and the title of last resort
local PROBLEMS = {
  not_found = { 404, "There is nothing at this address." },
  bad_query = { 400, "A parameter is not right." },
  bad_cursor = { 400, "This cursor is not one of this list." },
  bad_json = { 400, "The body is not JSON." },
  bad_type = { 415, "The body must be application/json." },
  bad_idempotency_key = { 400, "The Idempotency-Key is not right." },
  idempotency_mismatch = { 422, "This Idempotency-Key was used for another request." },
  invalid = { 422, "The request is not right; see errors." },
  already_taken = { 409, "Somebody else is answering this conversation." },
  not_yours = { 409, "You have not taken this conversation." },
  bad_text = { 422, "A text of 1 to 4,000 characters is needed." },
  bad_cid = { 422, "The Idempotency-Key may have 60 characters here." },
  conflict = { 409, "It was changed meanwhile: read it and try again." },
  scope_missing = { 403, "This API key may not do this." },
  rate_limited = { 429, "Too many requests." },
  unavailable = { 503, "Please try again." },
  unknown_outcome = {
    503,
    "It is not known whether this was done: read it, or repeat it with its Idempotency-Key.",
  },
}
local ALIASES = { timeout = "unavailable", limit = "unavailable" }

local function refuse(reply, code, title, errors)
  local known = PROBLEMS[code] or PROBLEMS[ALIASES[code]]
  if not known then
    host.log("error", "request failed: " .. tostring(title), { code = tostring(code), request = reply.id })
    return problem.refuse(reply.exchange, 500, "internal", "This should not have happened.", reply.headers)
  end
  if known[1] == 503 then
    code, reply.headers["retry-after"] = code == "unknown_outcome" and code or "unavailable", "2"
    title = known[2] -- what the store said is not the client's business
  end
  if code == "not_found" then title = known[2] end -- one answer for what is absent and for what is another's
  return problem.refuse(reply.exchange, known[1], code, title or known[2], reply.headers, errors)
end

local function respond(reply, status, body, headers)
  for name, value in pairs(headers or {}) do
    reply.headers[name] = value
  end
  if type(body) == "table" then body = assert(json.encode(body)) end
  if body and body ~= "" and not reply.headers["content-type"] then
    reply.headers["content-type"] = "application/json"
  end
  return host.respond(reply.exchange, status, reply.headers, body ~= "" and body or nil)
end

local function read_path(request, given)
  request.path = {}
  for name, segment in pairs(given) do
    local value = query_text.unescape(segment)
    if not value or #value > SEGMENT_MAX then return nil, nil, "not_found" end
    request.path[name] = value
  end
  return true
end

local function read_parameter(errors, rule, name, value)
  local read = schema.from_text(value, rule)
  local pointer = "/query/" .. name
  if read == nil then
    errors[#errors + 1] = { pointer = pointer, code = "wrong_type", detail = "must be " .. rule.type }
    return nil
  end
  local faults = schema.faults(read, rule, pointer)
  if faults then table.move(faults, 1, #faults, #errors + 1, errors) end
  return read
end

local function read_query(request, route)
  local params, bad = query_text.parse(request.raw_query)
  if not params then
    local detail = "given twice, or not UTF-8"
    return nil, nil, "bad_query", { { pointer = "/query/" .. bad, code = "malformed", detail = detail } }
  end
  local errors = {}
  request.params, request.query = params, {}
  for name, value in pairs(params) do
    local rule = (route.query or {})[name] or (route.list and pages.query[name])
    if rule then
      request.query[name] = read_parameter(errors, rule, name, value)
    else
      local detail = "not a parameter of this address"
      errors[#errors + 1] =
        { pointer = "/query/" .. string.sub(name, 1, 40), code = "unknown", detail = detail }
    end
  end
  for name in pairs(route.required or {}) do
    if params[name] == nil then
      errors[#errors + 1] = { pointer = "/query/" .. name, code = "missing", detail = "is required" }
    end
  end
  if errors[1] then return nil, nil, "bad_query", errors end
  if not route.list then return true end
  request.query.limit = request.query.limit
    or (route.query and route.query.limit or pages.query.limit).default
  request.after = pages.after(request)
  if request.after == false then return nil, nil, "bad_cursor" end
  return true
end

local function read_body(request, route)
  if not route.body then return true end
  local kind = request.headers["content-type"]
  if kind and not string.find(string.lower(kind), "^application/json%f[^%w/+.-]") then
    return nil, nil, "bad_type"
  end
  local text = request.raw_body or (route.body_optional and "{}" or "")
  local body, message = json.decode(text)
  if body == nil then
    return nil, nil, "bad_json", { { pointer = "", code = "malformed", detail = message } }
  end
  local faults = schema.faults(body, route.body)
  if faults then return nil, nil, "invalid", faults end
  request.body = body
  return true
end

local function allowed(request, route)
  for _, scope in ipairs(request.key.scopes) do
    if scope == "*" or scope == route.scope then return true end
  end
  return route.scope == nil
end

-- What the envelope of api/admission says, under the names that routes use.
local function request_of(envelope)
  return {
    method = envelope.method,
    full_path = envelope.path,
    raw_query = envelope.query,
    raw_body = envelope.body,
    headers = envelope.headers,
    key = envelope.key,
    now = host.now(),
  }
end

local function reply_of(exchange, envelope, headers)
  headers["cache-control"] = "no-store"
  headers["request-id"] = envelope.id
  return { exchange = exchange, id = envelope.id, headers = headers }
end

local READERS = { read_query, read_body }

local function run(reply, request, route, given)
  local ok, title, code, errors = read_path(request, given)
  for _, read in ipairs(READERS) do
    if ok then
      ok, title, code, errors = read(request, route)
    end
  end
  if not ok then return refuse(reply, code, title, errors) end
  local status, body, headers = repeats.find(request)
  if status then return respond(reply, status, body, headers) end
  if headers then return refuse(reply, headers, body) end
  status, body, headers, errors = route.run(request)
  if not status then return refuse(reply, headers, body, errors) end
  if type(body) == "table" then body = assert(json.encode(body)) end
  repeats.remember(request, status, body, request.kept_answer)
  return respond(reply, status, body, headers)
end

function serve.request(exchange, envelope)
  local granted, headers = quota.take(envelope.key.id)
  local reply = reply_of(exchange, envelope, headers)
  if not granted then return refuse(reply, "rate_limited") end
  local route, given = routes.find(envelope.method, envelope.path)
  if not route then return refuse(reply, "not_found") end -- the scripts were reloaded in between
  local request = request_of(envelope)
  if not allowed(request, route) then
    reply.headers["www-authenticate"] = ('Bearer error="insufficient_scope", scope="%s"'):format(route.scope)
    return refuse(reply, "scope_missing", ("This API key lacks the scope '%s'."):format(route.scope))
  end
  return run(reply, request, route, given)
end

-- The request's batch was not committed. One that another with the same
-- Idempotency-Key overtook gets the other's answer.
function serve.failed(exchange, code, envelope)
  local reply = reply_of(exchange, envelope, {})
  local request = request_of(envelope)
  local status, body, headers = repeats.find(request)
  if not status and not headers and code == "conflict" and repeats.settle() then
    status, body, headers = repeats.find(request)
  end
  if status then return respond(reply, status, body, headers) end
  return refuse(reply, headers or code, body)
end

return serve
