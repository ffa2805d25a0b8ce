-- /v1/keys: API keys of the account. A key can give no more than it has.
local host = require "host"
local json = require "json"
local formats = require "api.formats"
local keys = require "api.keys"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"

local DAY_MS = 86400000

local function at(ms) return ms and host.rfc3339(ms) or json.null end

local function show(row)
  return {
    id = row.id,
    name = row.name,
    scopes = json.array(type(row.scopes) == "table" and row.scopes or json.decode(row.scopes)),
    created_at = at(row.created_at),
    expires_at = at(row.expires_at),
    revoked_at = at(row.revoked_at),
    last_used_on = row.used_day and string.sub(host.rfc3339(row.used_day * DAY_MS), 1, 10) or json.null,
  }
end

local function schema(more)
  local all = {
    id = shapes.id "key",
    name = shapes.text(keys.NAME_MAX),
    scopes = shapes.list(shapes.text(60), keys.SCOPES_MAX),
    created_at = shapes.time(),
    expires_at = shapes.maybe(shapes.time()),
    revoked_at = shapes.maybe(shapes.time()),
    last_used_on = shapes.maybe { type = "string", format = "date" },
  }
  for name, property in pairs(more or {}) do
    all[name] = property
  end
  return shapes.object(all)
end

local function list(request)
  local rows, message, code = host.query("api_key.list", request.after or "", request.query.limit + 1)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.id end)
end

local function get(request)
  local row, message, code = resource.one("api_key.get", request.path.key)
  if not row then return nil, message, code end
  return 200, show(row)
end

local function holds(request, scope)
  for _, own in ipairs(request.key.scopes) do
    if own == "*" or own == scope then return true end
  end
  return false
end

local function fault(pointer, detail)
  return nil, nil, "invalid", { { pointer = pointer, code = "not_allowed", detail = detail } }
end

local function create(request)
  local body = request.body
  local unknown, i = keys.unknown_scope(body.scopes)
  if unknown then return fault("/scopes/" .. i - 1, "there is no such scope") end
  for j, scope in ipairs(body.scopes) do
    if not holds(request, scope) then
      return fault("/scopes/" .. j - 1, "this key does not have the scope itself")
    end
  end
  local expires_at = body.expires_at and formats.parse_time(body.expires_at) or request.key.expires_at
  if expires_at and expires_at <= request.now then return fault("/expires_at", "is in the past") end
  if request.key.expires_at and expires_at > request.key.expires_at then
    return fault("/expires_at", "is after this key's own end")
  end
  local key, secret = keys.create(body.name, body.scopes, expires_at)
  local answer = show(key)
  answer.secret = json.null
  request.kept_answer = json.encode(answer) -- the secret is in the first answer only
  answer.secret = secret
  return 201, answer
end

local function revoke(request)
  local row, message, code = resource.one("api_key.get", request.path.key)
  if not row then return nil, message, code end
  if not row.revoked_at then host.write("api_key.revoke", row.id, request.now) end
  return 204
end

return {
  {
    method = "GET",
    path = "/v1/keys",
    scope = "keys:read",
    summary = "API keys of the account, oldest first",
    list = true,
    responses = { [200] = { description = "Keys", schema = pages.schema(schema()) } },
    run = list,
  },
  {
    method = "POST",
    path = "/v1/keys",
    scope = "keys:write",
    summary = "Makes an API key",
    description = "The secret is in this answer only; a repeat with the same Idempotency-Key says `null` in its place. "
      .. "A key gives no scope that it does not have, and none that outlives it.",
    body = shapes.input({
      name = shapes.text(keys.NAME_MAX, { minLength = 1 }),
      scopes = shapes.list(shapes.text(60), keys.SCOPES_MAX, { minItems = 1 }),
      expires_at = shapes.time(),
    }, { "name", "scopes" }, { example = { name = "Reports", scopes = { "conversations:read" } } }),
    responses = {
      [201] = { description = "The key", schema = schema { secret = shapes.maybe(shapes.text(80)) } },
    },
    run = create,
  },
  {
    method = "GET",
    path = "/v1/keys/{key}",
    scope = "keys:read",
    summary = "One API key",
    responses = { [200] = { description = "The key", schema = schema() } },
    run = get,
  },
  {
    method = "DELETE",
    path = "/v1/keys/{key}",
    scope = "keys:write",
    summary = "Revokes an API key",
    description = "It is refused after a few seconds at the latest. Revoking it again changes nothing.",
    responses = { [204] = { description = "Revoked" } },
    run = revoke,
  },
}
