-- One hook of a tenant: checks what comes in and writes it down, then answers.
-- What it causes is a job (hooks/arrival.lua), so a sender never waits for a
-- script. One message after the other, so an id is seen once; where another
-- node has the hook as well, the table's key says so.
--
-- The payload of a post is string.pack("s4s4", headers as JSON, body).
local host = require "host"
local arrival = require "hooks.arrival"
local incoming = require "hooks.incoming"
local jobs = require "prelude.jobs"
local json = require "json"
local problem = require "prelude.problem"
local quota = require "api.quota"
local signature = require "hooks.signature"

local hook = {}

-- k id; while a script runs: b bot, l language, chat, kv, lines as in actors/conversation
function hook.new(kind, key) return { kind = kind, k = key } end

local TEXT_MAX = 4000

local function unavailable(exchange)
  problem.refuse(exchange, 503, "unavailable", "Please try again.", { ["retry-after"] = "2" })
end

local function respond(exchange, headers, duplicate)
  headers["content-type"] = "application/json"
  host.respond(exchange, 202, headers, duplicate and '{"duplicate":true}' or '{"duplicate":false}')
end

-- The row once the request is proven to be its sender's; else it was answered.
local function admit(self, exchange, headers, body)
  local rows = host.query("hook.get", self.k)
  if not rows then return unavailable(exchange) end
  local row, now = rows[1], host.now()
  if not row then return problem.refuse(exchange, 404, "not_found", "There is nothing at this address.") end
  local ok, why = signature.verify(incoming.secrets(row, now), headers, body, now // 1000)
  if not ok then
    local challenge = { ["www-authenticate"] = "StandardWebhooks" }
    return problem.refuse(
      exchange,
      401,
      "not_verified",
      "This is not signed as it should be: " .. why .. ".",
      challenge
    )
  end
  if row.state ~= "on" then return problem.refuse(exchange, 403, "turned_off", "This hook is turned off.") end
  return row
end

local function invalid(exchange, pointer, code, detail)
  problem.refuse(
    exchange,
    422,
    "invalid",
    "The request is not right; see errors.",
    nil,
    { { pointer = pointer, code = code, detail = detail } }
  )
end

-- A conversation that data names: its id, or false where there is none; nil when the request was answered.
local function conversation_of(row, exchange, data)
  local id = data.conversation
  if id == nil and row.deliver == "event" then return false end
  if type(id) ~= "string" or #id > 60 then
    return invalid(exchange, "/data/conversation", "missing", "must name a conversation")
  end
  local rows = host.query("conversation.get", id)
  if not rows then return unavailable(exchange) end
  if not rows[1] or rows[1].bot ~= row.bot then
    return invalid(exchange, "/data/conversation", "not_found", "the bot has no such conversation")
  end
  return id
end

-- { type, data } of a body, or nil when the request was answered. Without a "type" all of it is the data.
local function read(row, exchange, body)
  local decoded, why = json.decode(body)
  if type(decoded) ~= "table" or decoded[1] ~= nil then
    return invalid(exchange, "", "malformed", why or "must be a JSON object")
  end
  local standard = type(decoded.type) == "string" and #decoded.type <= 100 and type(decoded.data) == "table"
  local data = standard and decoded.data or decoded
  if row.deliver == "message" then
    local text = data.text
    if
      type(text) ~= "string"
      or not string.find(text, "%S")
      or (utf8.len(text) or TEXT_MAX + 1) > TEXT_MAX
    then
      return invalid(exchange, "/data/text", "missing", "must be a text of 1 to 4,000 characters")
    end
  end
  return { type = standard and decoded.type or nil, data = data }
end

local function receive(self, exchange, headers, body)
  local granted, limits = quota.take("hook/" .. self.k)
  if not granted then return problem.refuse(exchange, 429, "rate_limited", "Too many requests.", limits) end
  local row = admit(self, exchange, headers, body)
  if not row then return end
  local id, now = headers["webhook-id"], host.now()
  local seen = host.query("hook.seen", self.k, id)
  if not seen then return unavailable(exchange) end
  if seen[1] then return respond(exchange, limits, true) end
  local event = read(row, exchange, body)
  if not event then return end
  local conversation = conversation_of(row, exchange, event.data)
  if conversation == nil then return end
  host.write("hook.see", self.k, id, now)
  host.write("hook.received", self.k, now)
  event.id, event.at = id, host.rfc3339(now)
  event.hook, event.bot, event.name, event.deliver = self.k, row.bot, row.name, row.deliver
  jobs.add(conversation and "hook.chat" or "hook.event", conversation or self.k, assert(json.encode(event)))
  respond(exchange, limits, false) -- leaves when the row is committed
end

-- The batch was not committed: the id was there by then, or the store is away.
local function failed(exchange, code)
  if code == "conflict" then return respond(exchange, {}, true) end
  unavailable(exchange)
end

function hook.deliver(self, kind, a, b, was)
  if kind == "post" then
    local headers, body = string.unpack("s4s4", b)
    receive(self, a, json.decode(headers), body)
  elseif kind == "failed" and was == "post" and a then
    failed(a, b)
  elseif kind == "mail" then
    local job = jobs.take(a)
    if job and jobs.held(job) then arrival.nowhere(self, job) end
  end
end

return hook
