-- People in the chat, the conversation's side: asking for one, waiting, and
-- the way back to the bot. While nobody has come the bot goes on answering.
--
-- self.h, while a person is wanted or here, is durable state:
--   i id of the handover row   a, n who answers: id and name; nil while it waits
-- self.hr { count, since }: requests lately, so that no bot calls in a circle.
local host = require "host"
local frame = require "lib.frame"
local business = require "prelude.business"
local events = require "prelude.events"
local phrases = require "lib.phrases"
local transcript = require "prelude.transcript"

local handover = {}

local REQUESTS_MAX, REQUESTS_MS = 5, 3600000

-- The queue changed: whoever watches it should look (actors/desk.lua).
local function tell_desk() host.send("desk", "desk", '{"op":"changed"}') end

local function finish(self, status)
  local h = self.h
  self.h = nil
  if self.e then return end
  host.write("handover.end", h.i, host.now())
  events.raise(
    self,
    "handover.ended",
    { conversation = self.k, handover = h.i, agent = h.n, status = status }
  )
  tell_desk()
end

-- The one writer of the status. name: of the person who answers now.
function handover.set_status(self, status, name)
  if self.st == status and not name then return end
  self.st, self.z = status, true
  host.emit(frame("status", { conversation = status, name = name }))
  if self.h and (status == "bot" or status == "closed") then finish(self, status) end
end

local function promise(self)
  local open, back = business.open_now(self.b), business.next_opening(self.b, self.l)
  if open then return phrases.say(self.l, "handover_open") end
  if back then return phrases.say(self.l, "handover_closed", back) end
  return phrases.say(self.l, "handover_unknown")
end

local function too_often(self)
  local now, lately = host.now(), self.hr
  if not lately or now - lately[2] > REQUESTS_MS then
    self.hr, self.z = { 1, now }, true
    return false
  end
  lately[1], self.z = lately[1] + 1, true
  return lately[1] > REQUESTS_MAX
end

-- Asked again while it waits, the visitor is told again and nothing is queued.
function handover.begin(self, reason)
  if self.st == "human" then return end
  local waits = self.st == "waiting"
  if not waits and too_often(self) then return transcript.say(self, phrases.say(self.l, "handover_often")) end
  handover.set_status(self, "waiting")
  transcript.say(self, promise(self))
  if waits or self.e then return end
  self.h = { i = host.new_id "hnd" }
  host.write("handover.request", self.h.i, self.k, self.b, self.v, reason, host.now())
  events.raise(self, "handover.requested", { conversation = self.k, handover = self.h.i, reason = reason })
  tell_desk()
end

-- A person takes the chat, asked for or not.
function handover.assign(self, agent)
  local h, now = self.h or { i = host.new_id "hnd" }, host.now()
  h.a, h.n = agent.id, agent.name
  self.h, self.m, self.z = h, 0, true
  host.write("handover.assign", h.i, self.k, self.b, self.v, "taken", agent.id, agent.name, now)
  handover.set_status(self, "human", agent.name)
  events.raise(self, "handover.assigned", { conversation = self.k, handover = h.i, agent = agent.name })
  tell_desk()
end

-- Back into the queue: the person went away without an end.
function handover.release(self)
  self.h.a, self.h.n, self.z = nil, nil, true
  host.write("handover.release", self.h.i)
  handover.set_status(self, "waiting")
  tell_desk()
end

return handover
