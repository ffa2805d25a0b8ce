-- A visitor who has gone quiet: the bot says something, once, and later ends
-- the conversation, as the business has set it (`inactivity`). One durable timer
-- waits for a conversation while there is a rule; it is not moved with every
-- message but looks, when it is due, how long the silence is.
--
-- self.ti: the timer is set   self.ts: the time of the visitor's message for
-- whose silence the bot has spoken already
local host = require "host"
local business = require "prelude.business"
local jobs = require "prelude.jobs"

local silence = {}

silence.TIMER = "silence"
local MINUTE_MS <const> = 60000

local function set(self, due)
  jobs.timer("conversation", self.k, silence.TIMER, due, {})
  self.ti, self.z = true, true
end

-- The visitor has said something, and no timer waits that would see it in time.
function silence.await(self)
  local entry = business.known(self.b)
  local rule = entry and entry.settings.inactivity
  if rule then set(self, host.now() + rule.after_minutes * MINUTE_MS) end
  if self.ts then
    self.ts, self.z = nil, true
  end
end

local function finish(self)
  if self.d then require("prelude.dialog").finish(self, "cancelled") end
  require("prelude.farewell").close(self)
end

-- at: of the visitor's last message
local function act(self, rule, at)
  local now = host.now()
  local closes = rule.close_after_minutes and at + rule.close_after_minutes * MINUTE_MS
  if self.ts ~= at then
    local speaks = at + rule.after_minutes * MINUTE_MS
    if now < speaks then return set(self, speaks) end
    self.ts = at
    require("prelude.transcript").say(self, require("prelude.show").fill(self, rule.say))
    if closes then set(self, math.max(closes, now + MINUTE_MS)) end
  elseif closes then
    if now < closes then return set(self, closes) end
    finish(self)
  end
end

-- The timer's job, in a conversation that is loaded. A person in the chat is
-- silent for reasons of their own; the bot keeps out of it.
function silence.due(self, job)
  local entry = business.of(self.b)
  local rows = entry and host.query("message.last_of_visitor", self.k)
  if not rows then error("the silence cannot be measured now", 0) end -- the job comes again
  if not jobs.held(job) then return end
  jobs.done(job)
  self.ti, self.re, self.z = nil, nil, true
  local rule, at = entry.settings.inactivity, rows[1] and rows[1].at
  if rule and at and self.st == "bot" then act(self, rule, at) end
end

return silence
