-- How far messages have come. The visitor's page says what was read; a person's
-- windows say what reached them and what was read; each side is told of the
-- other. Kept with the conversation as the number up to which it holds:
--   rv, dv read by the visitor, shown to them   rh, dh the same for people
local host = require "host"

local marks = {}

-- Raises a mark; false when it says nothing new. Beyond the last message there is nothing to read.
local function raise(self, name, seq)
  if math.type(seq) ~= "integer" then return false end
  seq = math.min(seq, self.n)
  if seq <= (self[name] or 0) then return false end
  self[name], self.z = seq, true
  return true
end

local function signal(kind, seq) return '{"type":"' .. kind .. '","seq":' .. seq .. "}" end

-- The visitor has read up to seq.
function marks.visitor_read(self, seq)
  if not raise(self, "rv", seq) then return end
  if (self.dv or 0) < self.rv then self.dv = self.rv end
  require("prelude.takeover").pass_mark(self, "read", self.rv)
end

-- A person's message was written: a page that is open has it.
function marks.shown(self, seq)
  if host.session_count() > 0 and raise(self, "dv", seq) then return true end
  return false
end

-- The visitor has come back and got everything.
function marks.caught_up(self)
  if self.st == "human" and raise(self, "dv", self.n) then
    require("prelude.takeover").pass_mark(self, "delivered", self.dv)
  end
end

-- A window of a person who answers has it, or it was read there.
function marks.person(self, kind, seq)
  local name = kind == "read" and "rh" or "dh"
  if not raise(self, name, seq) then return end
  if kind == "read" and (self.dh or 0) < self.rh then self.dh = self.rh end
  host.signal(signal(kind, self[name]))
end

-- What a page that was opened anew has to know of its own messages.
function marks.tell(self, session)
  if self.dh and self.dh > (self.rh or 0) then host.emit_to(session, signal("delivered", self.dh)) end
  if self.rh then host.emit_to(session, signal("read", self.rh)) end
end

-- The status of a message for the API; state: of the conversation's row.
function marks.status(state, sender, seq)
  local read, delivered = state.rv, state.dv
  if sender == "visitor" then
    read, delivered = state.rh, state.dh
  end
  if seq <= (read or 0) then return "read" end
  return seq <= (delivered or 0) and "delivered" or "sent"
end

return marks
