-- The visitor's side of the HTTP API: opening the channel, and the same
-- conversation over POST and an event stream where sockets are blocked.
-- Runs in the system state, which hands the exchange to the tenant's own
-- actors; what a visitor may do is decided there. The router calls admit before
-- a route's function, so none of these is run for a website that may not.
local host = require "host"
local json = require "json"
local bots = require "api.bots"
local problem = require "prelude.problem"
local text = require "lib.text"
local visits = require "prelude.visits"

local visitor = {}

local CID_MAX = 64

-- Refuses parameters that the route does not know (api/visitor_routes).
local function only(exchange, request)
  local known = request.route.query
  for name in pairs(request.params) do
    if not known[name] then
      problem.respond(
        exchange,
        400,
        "unknown_parameter",
        "There is no parameter '" .. text.cut(name, 40) .. "'.",
        nil,
        { { pointer = "/query/" .. name, code = "unknown", detail = "not a parameter of this address" } }
      )
      return false
    end
  end
  return true
end

-- The bot that the request is for, once its website is allowed; else nil, and
-- the exchange is answered. request.site: which one, for tokens.
function visitor.admit(exchange, request)
  if not only(exchange, request) then return nil end
  local bot, message, code = bots.find(request.params.bot)
  if not bot then
    if code == "not_found" then
      problem.respond(exchange, 404, "bot_not_found", message)
    elseif code == "account_suspended" then
      problem.respond(exchange, 403, code, message)
    else
      problem.respond(exchange, 503, "unavailable", "Please try again.", nil, { ["retry-after"] = "2" })
    end
    return nil
  end
  request.site = bots.site(request.headers)
  if request.site == false and request.route.embedded and not request.headers.origin then
    request.site = nil
  end
  if not bots.allows(bot, request.site) then
    problem.respond(exchange, 403, "origin_not_allowed", "This bot is not allowed on this website.")
    return nil
  end
  return bot
end

local function meta(bot, request, hello)
  local arrival = visits.arrival(bot.settings, request.headers)
  return json.encode {
    bot = bot.id,
    locale = bot.locale,
    site = request.site,
    arrival = arrival,
    hello = hello,
  }
end

-- GET /v1/chat: WebSocket
function visitor.connect(exchange, request, bot)
  if string.lower(request.headers.upgrade or "") ~= "websocket" then
    return problem.respond(
      exchange,
      426,
      "upgrade_required",
      "Connect with a WebSocket.",
      { upgrade = "websocket" }
    )
  end
  host.upgrade(exchange, bot.tenant, "greeter", host.new_id "sock", meta(bot, request))
end

-- GET /v1/chat/config: what a page needs before it connects
function visitor.config(exchange, request, bot)
  local locale = text.language(request.params.locale, bot.settings.locales or {}) or bot.locale
  host.respond(
    exchange,
    200,
    {
      ["content-type"] = "application/json",
      ["cache-control"] = "no-cache",
      ["access-control-allow-origin"] = "*",
    },
    json.encode {
      name = bot.name,
      locale = locale,
      locales = bot.settings.locales,
      theme = bot.settings.theme,
      greeting = text.pick(bot.settings.greeting, locale),
    }
  )
end

-- GET /v1/chat/events: server-sent events; the query is the hello
function visitor.events(exchange, request, bot)
  local params = request.params
  local after = math.tointeger(tonumber(request.headers["last-event-id"] or params.after))
  host.stream(
    exchange,
    bot.tenant,
    "greeter",
    host.new_id "sock",
    meta(bot, request, {
      visitor = params.visitor,
      conversation = params.conversation,
      after = after,
      locale = params.locale,
      tz = params.tz,
      consent = params.consent == "1",
      identity = params.user and {
        user = params.user,
        hash = params.hash,
        expires = params.expires and (math.tointeger(tonumber(params.expires)) or 0),
      },
    })
  )
end

-- The frame of a POST with its cid; nil, detail when it is none.
local function read_frame(request)
  local frame, message = json.decode(request.body or "")
  if type(frame) ~= "table" then return nil, message or "not an object" end
  local key = request.headers["idempotency-key"]
  if key and frame.cid and key ~= frame.cid then return nil, "cid and Idempotency-Key differ" end
  frame.cid = frame.cid or key
  if frame.cid ~= nil and (type(frame.cid) ~= "string" or #frame.cid > CID_MAX) then
    return nil, "cid is too long"
  end
  return frame
end

-- POST /v1/chat/messages: one frame for a conversation
function visitor.post(exchange, request, bot)
  local frame, detail = read_frame(request)
  if not frame then
    return problem.respond(
      exchange,
      422,
      "bad_frame",
      "The message could not be understood.",
      nil,
      { { pointer = "", code = "bad_frame", detail = detail } }
    )
  end
  local conversation = request.params.conversation or ""
  if not string.find(conversation, "^conv_%w+$") or #conversation ~= 31 then
    return problem.respond(exchange, 404, "not_found", "There is no such conversation.")
  end
  local token = string.match(request.headers.authorization or "", "^[Bb]earer (%S+)$")
  host.forward(
    exchange,
    bot.tenant,
    "conversation",
    conversation,
    json.encode {
      visitor = token,
      site = request.site,
      bot = bot.id,
      locale = text.language(request.params.locale, bot.settings.locales or {}) or bot.locale,
      frame = frame,
    }
  )
end

-- GET /v1/test/chat: a conversation without hello, for load tests. Nothing of
-- it is stored, unless durable=1.
function visitor.test(exchange, request, bot)
  if not host.setting "test_mode" then
    return problem.respond(exchange, 404, "not_found", "There is nothing at this address.")
  end
  host.upgrade(
    exchange,
    bot.tenant,
    "conversation",
    host.new_id "conv",
    json.encode {
      v = host.new_id "vis",
      b = bot.id,
      l = bot.locale,
      e = request.params.durable ~= "1" or nil,
    }
  )
end

return visitor
