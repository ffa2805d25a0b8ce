-- What came in by a hook, once it is written down: for the bot's handlers of
-- "hook.NAME", in the conversation that it named or in none, or a message that
-- is said there. The job ends in the turn that does it.
local host = require "host"
local events = require "prelude.events"
local jobs = require "prelude.jobs"
local json = require "json"
local transcript = require "prelude.transcript"

local arrival = {}

local function event_of(body)
  return { name = "hook." .. body.name, type = body.type, id = body.id, at = body.at, data = body.data }
end

-- self: the conversation's actor, loaded.
function arrival.here(self, job)
  jobs.done(job)
  local body = json.decode(job.body)
  if body.bot ~= self.b then return end
  if body.deliver == "message" then
    self.re = nil -- it answers no message of the visitor
    return transcript.say(self, body.data.text)
  end
  events.hand(self, event_of(body), true)
end

-- self: the hook's actor. Handlers get no chat: there is nobody to talk to.
function arrival.nowhere(self, job)
  jobs.done(job)
  local body = json.decode(job.body)
  self.b, self.l, self.kv, self.lines = body.bot, "en", nil, nil
  if not require("prelude.releases").need(self.b) then error("the bot's scripts cannot be read now", 0) end
  events.hand(self, event_of(body), false)
  host.log("debug", "a hook's event was handled", { hook = self.k, event = body.id })
end

return arrival
