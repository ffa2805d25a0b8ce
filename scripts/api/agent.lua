-- The socket of a person who answers chats. Who it is comes from the API key,
-- by header, or by a ticket that was made with it. Runs in the system state.
local host = require "host"
local json = require "json"
local admission = require "api.admission"
local problem = require "prelude.problem"
local tickets = require "api.tickets"

local agent = {}

local SCOPE = "handovers:write"

-- The key of the request's header, if it may answer chats; nil once it is refused.
local function admit(exchange, request)
  local key = admission.authenticate(exchange, request)
  if not key then return nil end
  if admission.allows(key, SCOPE) then return key end
  problem.refuse(
    exchange,
    403,
    "scope_missing",
    "This API key lacks the scope '" .. SCOPE .. "'.",
    { ["www-authenticate"] = 'Bearer error="insufficient_scope", scope="' .. SCOPE .. '"' }
  )
  return nil
end

local function redeem(exchange, ticket)
  local key = tickets.read(ticket)
  if not key then problem.refuse(exchange, 401, "ticket_invalid", "This ticket is not valid any more.") end
  return key
end

-- GET /v1/agent: WebSocket
function agent.connect(exchange, request)
  if string.lower(request.headers.upgrade or "") ~= "websocket" then
    local headers = { upgrade = "websocket" }
    return problem.refuse(exchange, 426, "upgrade_required", "Connect with a WebSocket.", headers)
  end
  local ticket = request.params.ticket
  local key = ticket and redeem(exchange, ticket) or not ticket and admit(exchange, request)
  if not key then return end
  host.upgrade(exchange, key.tenant, "agent", key.id, json.encode { name = key.name })
end

-- POST /v1/agent/tickets
function agent.ticket(exchange, request)
  local key = admit(exchange, request)
  if not key then return end
  host.respond(
    exchange,
    201,
    { ["content-type"] = "application/json", ["cache-control"] = "no-store" },
    json.encode { ticket = tickets.make(key), expires_in = tickets.SECONDS }
  )
end

return agent
