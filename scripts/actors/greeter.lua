-- The first actor that a new socket or event stream talks to. It waits for
-- hello, finds out who the visitor is and which conversation is meant, and
-- seats the session there. It writes nothing: a visitor who only looks leaves
-- no trace.
local host = require "host"
local business = require "prelude.business"
local json = require "json"
local language = require "prelude.language"
local newcomer = require "prelude.newcomer"
local visits = require "prelude.visits"

local greeter = {}

local HELLO_MS = 30000
local BAD_FRAMES_MAX = 5
local PAGE_MAX = 2000 -- bytes

-- b bot, f locale of the bot, o website, a what is known of the browser,
-- bad bad frames in a row, to: conversation key once seated
function greeter.new(kind) return { kind = kind } end

local function error_frame(code, title, retry_ms)
  return '{"type":"error","code":"'
    .. code
    .. '","title":'
    .. json.encode(title)
    .. (retry_ms and ',"retry_after_ms":' .. retry_ms or "")
    .. "}"
end

-- The address of the page, for menus that depend on it.
local function page(told)
  local url = type(told) == "table" and told.url or nil
  return type(url) == "string" and #url <= PAGE_MAX and string.match(url, "^https?://[^?#]+") or nil
end

local function seat(self, session, hello)
  local entry = business.of(self.b) -- for its settings; while the store is away the next look-up says so
  local found, message, refused = newcomer.find(self.b, self.o, hello)
  local key
  if found then
    key, message =
      newcomer.conversation(self.b, found, hello.conversation, entry and entry.settings.history == false)
  end
  if not key then
    host.log("warn", "hello not answered: " .. tostring(message), {})
    host.emit_to(session, error_frame("unavailable", "The chat is not available right now.", 2000))
    return host.close(session, 1013, "try again later")
  end
  if refused then host.emit_to(session, error_frame(refused, "Who you are could not be verified.")) end
  local after = math.type(hello.after) == "integer" and hello.after > 0 and hello.after or nil
  self.to = key
  host.timer("hello", nil)
  host.bind(
    session,
    "conversation",
    key,
    json.encode {
      v = found.visitor,
      b = self.b,
      o = self.o,
      l = language.of(self.b, hello.locale) or self.f,
      tz = visits.zone(hello.tz),
      f = visits.gather(self.a, hello, self.o),
      p = page(hello.page),
      u = found.proven,
      after = after,
    }
  )
  host.stop()
end

local function refuse(self, session, code, title)
  host.emit_to(session, error_frame(code, title))
  self.bad = (self.bad or 0) + 1
  if self.bad >= BAD_FRAMES_MAX then host.close(session, 1008, "too many bad frames") end
end

local handlers = {}

-- meta: { bot, locale, site?, arrival?, hello? }; an event stream brings its hello along.
function handlers.open(self, session, meta_text)
  local meta = json.decode(meta_text)
  self.b, self.f, self.o, self.s = meta.bot, meta.locale or "en", meta.site, session
  self.a = meta.arrival
  if meta.hello then return seat(self, session, meta.hello) end
  host.timer("hello", HELLO_MS)
end

-- Its data may be gone: the state of a tenant whose scripts misbehave is made anew.
local function remember(self, session)
  local told = host.meta and host.meta(session)
  local meta = told and json.decode(told) or {}
  self.b, self.f, self.o, self.s = meta.bot, meta.locale or "en", meta.site, session
  self.a = meta.arrival
  return self.b ~= nil
end

function handlers.frame(self, session, frame)
  if not self.b and not remember(self, session) then return host.close(session, 1013, "try again later") end
  if type(frame) ~= "table" then
    return refuse(self, session, "bad_frame", "This frame could not be understood.")
  end
  if frame.type == "ping" then return host.emit_to(session, '{"type":"pong"}') end
  if frame.type ~= "hello" then
    return refuse(self, session, "hello_required", "The first frame must be hello.")
  end
  return seat(self, session, frame)
end

function handlers.timer(self)
  if self.s then host.close(self.s, 1008, "no hello") end
  host.stop()
end

function handlers.gone() host.stop() end

function handlers.failed(_, session)
  if not session then return end
  host.emit_to(session, error_frame("unavailable", "The chat is not available right now.", 2000))
  host.close(session, 1013, "try again later")
end

function greeter.deliver(self, kind, a, b)
  local handler = handlers[kind]
  if handler then return handler(self, a, b) end
end

return greeter
