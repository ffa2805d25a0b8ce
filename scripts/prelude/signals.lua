-- Frames of a visitor that are no part of the conversation: they are not
-- numbered and not answered, but for ping. Each is a function of
-- (conversation, session, frame); session is nil when the frame came by POST.
local host = require "host"
local palette = require "prelude.palette"
local phrases = require "lib.phrases"
local resume = require "prelude.resume"
local text = require "lib.text"
local too_fast = require("prelude.pace").wait

local signals = {}

function signals.ping(_, session)
  if session then host.emit_to(session, '{"type":"pong"}') end
end

function signals.typing(self)
  if self.st == "human" then require("prelude.takeover").forward_typing(self) end
end

function signals.read() end

function signals.event(self, _, frame)
  if type(frame.name) == "string" then require("prelude.events").from_visitor(self, frame) end
end

-- Signals that change the conversation need it loaded, which a socket's first
-- frame may find it not to be; a POST was admitted and has loaded it.
local function loaded(self, session) return self.n or (session and resume.ready(self, session)) end

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

-- The visitor has chosen another language; the bot goes on in it, if it speaks it.
function signals.locale(self, session, frame)
  local language = text.language(frame.locale, phrases.languages)
  if not language or not loaded(self, session) or self.l == language then return end
  self.l, self.z = language, true
end

return signals
