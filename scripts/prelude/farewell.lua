-- What a visitor may end: the conversation, and everything that is known of
-- them. Both come as signals of the channel ("close", "forget").
local host = require "host"
local json = require "json"
local events = require "prelude.events"
local handover = require "prelude.handover"
local transcript = require "prelude.transcript"

local farewell = {}

local STARS_MAX = 10
-- In this order: some look for their conversations or follow-ups. Events that
-- the business was told of stay in its ledger as long as its retention says.
local ERASE = {
  "mail",
  "message",
  "step",
  "dialog",
  "submission",
  "note",
  "script_log",
  "handover",
  "file",
  "followup_entry",
  "followup",
  "kv",
  "visit",
  "identity",
  "conversation",
}

-- A later message opens the conversation again.
function farewell.close(self)
  if not self.s or self.st == "closed" then return end
  handover.set_status(self, "closed")
  events.raise(self, "conversation.closed", { conversation = self.k })
end

-- Erases all of the visitor's conversations with this bot, in this turn. The
-- actor stops with it, so nothing of it is in memory either; other windows of
-- the visitor hear of it and say hello as somebody new.
function farewell.forget(self)
  if self.e then return end
  for _, kind in ipairs(ERASE) do
    host.write("visitor.erase_" .. kind, self.b, self.v)
  end
  host.write("visitor.end", self.v, host.now())
  events.raise(self, "visitor.erased", { visitor = self.v })
  if self.h then host.send("desk", "desk", '{"op":"changed"}') end
  self.s, self.d, self.x, self.z, self.h = nil, nil, nil, nil, nil
  host.emit '{"type":"forgotten"}'
  host.stop()
end

-- Stars for the conversation, which go with it and change nothing in it.
-- False when it is none.
function farewell.rate(self, input)
  local stars = input.type == "form" and input.form == "rating" and input.fields.rating
  if math.type(stars) ~= "integer" or stars < 1 or stars > STARS_MAX then return false end
  input.shown = string.rep("★", stars)
  transcript.accept(self, input)
  if not self.e then
    local fields = json.encode { rating = stars }
    host.write("submission.insert", host.new_id "form", self.k, "rating", fields, host.now())
  end
  events.raise(self, "conversation.rated", { conversation = self.k, rating = stars })
  return true
end

return farewell
