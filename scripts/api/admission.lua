-- The door of the clients' HTTP API, in the system state: finds the route and
-- whose key it is, then hands the request to that tenant's own state, which
-- does everything else (actors/api.lua). Nothing else about a request can
-- choose a tenant.
local host = require "host"
local json = require "json"
local problem = require "prelude.problem"
local routes = require "api.routes"

local admission = {}

local KEEP_MS, KEPT_MAX = 3000, 1000

-- cache: hash of a key -> its row and until when it is believed, so that a
-- revoked key is refused after three seconds at the latest. Bounded.
local kept, kept_count = {}, 0

local DAY_MS = 86400000

local function remember(hash, row)
  if kept_count >= KEPT_MAX then
    kept, kept_count = {}, 0
  end
  if not kept[hash] then kept_count = kept_count + 1 end
  row.scopes = json.decode(row.scopes) or {}
  row.good_until = host.mono() + KEEP_MS
  kept[hash] = row
  return row
end

local function find_key(secret)
  local hash = host.sha256(secret)
  local row = kept[hash]
  if row and host.mono() < row.good_until then return row end
  local rows, message, code = host.query("api_key.by_hash", hash)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "no such key", "not_found" end
  return remember(hash, rows[1])
end

local function unauthorized(exchange, code, title)
  problem.refuse(exchange, 401, code, title, { ["www-authenticate"] = 'Bearer realm="azentiko"' })
end

-- The key of a request that may be used now; nil once it has been answered.
function admission.authenticate(exchange, request)
  local secret = string.match(request.headers.authorization or "", "^[Bb]earer +(azk_[%w]+)$")
  if not secret or #secret > 80 then
    unauthorized(exchange, "key_required", "Send an API key: 'Authorization: Bearer azk_...'.")
    return nil
  end
  local key, _, code = find_key(secret)
  if not key then
    if code == "not_found" then
      unauthorized(exchange, "key_invalid", "This API key is not valid.")
    else
      problem.refuse(exchange, 503, "unavailable", "Please try again.", { ["retry-after"] = "2" })
    end
    return nil
  end
  if key.revoked_at or (key.expires_at and key.expires_at <= host.now()) then
    unauthorized(exchange, "key_invalid", "This API key is not valid.")
    return nil
  end
  if key.tenant_status ~= "active" then
    problem.refuse(exchange, 403, "account_suspended", "This account is suspended.")
    return nil
  end
  return key
end

function admission.allows(key, scope)
  for _, granted in ipairs(key.scopes) do
    if granted == "*" or granted == scope then return true end
  end
  return false
end

-- Once a day and key, with the request: when it was last used.
local function note_use(key)
  local today = host.now() // DAY_MS
  if (key.used_day or 0) >= today then return end
  host.write("api_key.used", key.tenant, key.id, today)
  key.used_day = today
end

local PASSED_ON = { "content-type", "idempotency-key" }

local function hand_over(exchange, request, key)
  local headers = {}
  for _, name in ipairs(PASSED_ON) do
    headers[name] = request.headers[name]
  end
  local id = host.new_id "req"
  host.forward(
    exchange,
    key.tenant,
    "api",
    id,
    json.encode {
      id = id,
      method = request.method,
      path = request.path,
      query = request.query,
      body = request.body,
      headers = headers,
      key = { id = key.id, name = key.name, scopes = json.array(key.scopes), expires_at = key.expires_at },
    }
  )
end

-- false when no route of the clients' API has this path.
function admission.handle(exchange, request)
  local route, methods = routes.find(request.method, request.path)
  if not route then
    if not methods then return false end
    problem.refuse(
      exchange,
      405,
      "method_not_allowed",
      "This method is not allowed here.",
      { allow = methods }
    )
    return true
  end
  local key = admission.authenticate(exchange, request)
  if not key then return true end
  local max = route.body and (route.body_max or routes.BODY_MAX) or 0
  if #(request.body or "") > max then
    local title = max == 0 and "This request has no body." or ("The body may have %d bytes."):format(max)
    problem.refuse(exchange, 413, "body_too_large", title)
    return true
  end
  note_use(key)
  hand_over(exchange, request, key)
  return true
end

return admission
