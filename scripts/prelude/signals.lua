-- Frames of a visitor that are no part of the conversation: they are not
-- numbered and mostly not answered. Each is a function of (conversation,
-- session, frame); session is nil when the frame came by POST. One that breaks
-- a rule gives nil, title, code.
local host = require "host"
local frame_of = require "lib.frame"
local palette = require "prelude.palette"
local resume = require "prelude.resume"
local too_fast = require("prelude.pace").wait

local signals = {}

-- Signals that change the conversation need it loaded, which a socket's first
-- frame may find it not to be; a POST was admitted and has loaded it.
local function loaded(self, session) return self.n or (session and resume.ready(self, session)) end

function signals.ping(_, session)
  if session then host.emit_to(session, '{"type":"pong"}') end
end

function signals.typing(self)
  if self.st == "human" then require("prelude.takeover").forward_typing(self) end
end

-- The visitor has read everything up to seq.
function signals.read(self, session, frame)
  if loaded(self, session) and not self.e then require("prelude.marks").visitor_read(self, frame.seq) end
end

function signals.event(self, session, frame)
  if type(frame.name) ~= "string" or not loaded(self, session) then return end
  if frame.name == "consent" then return signals.consent(self, session, frame.data) end -- as the widget says it
  require("prelude.events").from_visitor(self, frame)
end

-- The visitor has gone to another page of the site, or come back to one.
function signals.page(self, session, frame)
  local url = type(frame.page) == "table" and frame.page.url
  if not loaded(self, session) or too_fast(self) then return end
  palette.visit(self, url)
  palette.refresh(self, session, true)
end

-- A page asks for its menu again, because the hour may have changed it.
function signals.menu(self, session)
  if loaded(self, session) and not too_fast(self) then palette.refresh(self, session, true) end
end

function signals.close(self, session)
  if loaded(self, session) then require("prelude.farewell").close(self) end
end

function signals.forget(self, session)
  if loaded(self, session) then require("prelude.farewell").forget(self) end
end

local REFUSED = {
  identity_refused = "Who you are could not be verified.",
  rate_limited = "Too many messages at once. Please wait a moment.",
  unavailable = "Please try again.",
}

-- The page says which user of the client this is, and proves it; see prelude/identity.
function signals.identify(self, session, frame)
  if not loaded(self, session) or self.e then return end
  local identity = require "prelude.identity"
  local code, proven, state = too_fast(self) and "rate_limited", nil, nil
  if not code then
    proven, code = identity.proven(self.b, frame)
  end
  if proven then state = identity.attach(self, proven) end
  if not state then
    code = code or "unavailable"
    return nil, REFUSED[code], code
  end
  local reply = frame_of("identified", { user = proven.user, resync = state == "elsewhere" })
  if session then return host.emit_to(session, reply) end
  host.emit(reply)
end

-- The visitor agrees to facts of the visit being kept, or takes that back.
function signals.consent(self, session, frame)
  if not loaded(self, session) or self.e or too_fast(self) then return end
  require("prelude.visits").consent(self, type(frame) == "table" and frame.tracking == true)
end

-- The visitor has chosen another language; the bot goes on in it, if it speaks it.
function signals.locale(self, session, frame)
  if loaded(self, session) then require("prelude.language").choose(self, frame.locale) end
end

return signals
