-- Asking for a person: the conversation waits, the team gets an event, the
-- visitor hears when to expect somebody. The bot goes on answering until a
-- person has taken over.
local host = require "host"
local business = require "prelude.business"
local events = require "prelude.events"
local phrases = require "lib.phrases"
local transcript = require "prelude.transcript"

local handover = {}

function handover.set_status(self, status)
  if self.st == status then return end
  self.st, self.z = status, true
  host.emit('{"type":"status","conversation":"' .. status .. '"}')
end

local function promise(self)
  local open, back = business.open_now(self.b), business.next_opening(self.b, self.l)
  if open then return phrases.say(self.l, "handover_open") end
  if back then return phrases.say(self.l, "handover_closed", back) end
  return phrases.say(self.l, "handover_unknown")
end

function handover.begin(self, reason)
  handover.set_status(self, "waiting")
  transcript.say(self, promise(self))
  events.raise(self, "handover.requested", { conversation = self.k, reason = reason })
end

return handover
