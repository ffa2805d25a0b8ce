-- The command line's counter for a bot's scripts: an actor for each bot, which
-- takes one request after the other. The payload is JSON { op, ... }; see
-- prelude/lifecycle.
local host = require "host"
local json = require "json"
local lifecycle = require "prelude.lifecycle"

local scripts = {}

-- k: the bot's id
function scripts.new(kind, key) return { kind = kind, k = key } end

local STATUS = { not_found = 404, conflict = 409, busy = 429, invalid = 422 }

local function respond(exchange, status, body)
  host.respond(exchange, status, { ["content-type"] = "application/json" }, json.encode(body))
end

local function answer(bot, request)
  local rows, message, code = host.query("bot.get", bot)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "there is no such bot", "not_found" end
  local operation = lifecycle[request.op]
  if not operation then return nil, "there is no operation '" .. tostring(request.op) .. "'", "invalid" end
  return operation(bot, request)
end

function scripts.deliver(self, kind, exchange, payload)
  if kind == "failed" and exchange then
    return respond(exchange, 409, { code = payload, title = "It was changed meanwhile: try again." })
  end
  if kind ~= "post" then return end
  local body, message, code = answer(self.k, json.decode(payload))
  if body then return respond(exchange, 200, body) end
  respond(exchange, STATUS[code] or 503, { code = code, title = message })
end

return scripts
