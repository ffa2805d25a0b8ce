-- The door for webhooks that come in, in the system state: whose hook it is,
-- then the bytes go to that tenant's own actor (actors/hook.lua), which checks
-- the signature. Nothing is believed here, so nothing is decided.
local host = require "host"
local json = require "json"
local problem = require "prelude.problem"

local hooks = {}

local BODY_MAX = 65536
local KEEP_MS, KEPT_MAX = 3000, 1000

-- cache: id -> { tenant, good_until }, so that a deleted hook is closed after three seconds at the latest. Bounded.
local kept, kept_count = {}, 0

local PASSED_ON = { "webhook-id", "webhook-timestamp", "webhook-signature" }

local function owner(id)
  local found = kept[id]
  if found and host.mono() < found.good_until then return found end
  local rows, message, code = host.query("hook.owner", id)
  if not rows then return nil, message, code end
  local row = rows[1]
  if not row or row.tenant_status ~= "active" then return nil, "no such hook", "not_found" end
  if kept_count >= KEPT_MAX then
    kept, kept_count = {}, 0
  end
  if not kept[id] then kept_count = kept_count + 1 end
  kept[id] = { tenant = row.tenant, good_until = host.mono() + KEEP_MS }
  return kept[id]
end

-- POST /v1/hooks/{hook}
function hooks.receive(exchange, request)
  local id, body = request.name, request.body or ""
  if #id > 40 or not string.find(id, "^hook_%w+$") then
    return problem.refuse(exchange, 404, "not_found", "There is nothing at this address.")
  end
  if #body > BODY_MAX then
    return problem.refuse(exchange, 413, "body_too_large", ("The body may have %d bytes."):format(BODY_MAX))
  end
  local found, _, code = owner(id)
  if not found then
    if code == "not_found" then
      return problem.refuse(exchange, 404, "not_found", "There is nothing at this address.")
    end
    return problem.refuse(exchange, 503, "unavailable", "Please try again.", { ["retry-after"] = "2" })
  end
  local headers = {}
  for _, name in ipairs(PASSED_ON) do
    headers[name] = request.headers[name]
  end
  local text = json.encode(headers)
  if not text then return problem.refuse(exchange, 400, "bad_header", "A header is not UTF-8.") end
  host.forward(exchange, found.tenant, "hook", id, string.pack("s4s4", text, body))
end

return hooks
