-- The tenant's own actor: news that concerns all of its conversations.
local business = require "prelude.business"
local host = require "host"
local plan = require "prelude.plan"
local releases = require "prelude.releases"
local script_log = require "prelude.script_log"

local tenant = {}

function tenant.new(kind) return { kind = kind } end

local RETRY_MS, MINUTE_MS = 1000, 60000

-- A publish has happened: what is live is read and swapped. While the store is
-- away the old stays and it is tried again; the timer bears the bot's name.
local function follow(bot)
  if not releases.changed(bot) then host.timer(bot, RETRY_MS) end
end

-- The engine has started this tenant's state anew again and again; the actor
-- whose turn did it last tells the bot. Its client's scripts are turned off.
local function misbehaved(kind, key, why)
  local bot = string.match(key, "^bot_%w+$")
  if kind == "conversation" then
    local rows = host.query("conversation.get", key)
    bot = rows and rows[1] and rows[1].bot
  end
  if bot and releases.turn_off(bot, why) then return end
  host.log("error", "scripts misbehave and no client's version is live: " .. why, { actor = key, bot = bot })
end

-- mail "dataset": what the business has told was changed in the store.
-- mail "scripts BOT": another release of its scripts is live.
-- mail "script_log": lines of scripts were left out; told when the minute is over.
-- mail "plan": the account has another one.
-- mail "misbehaved KIND KEY WHY": see runtime/actor/supervise.h.
function tenant.deliver(_, kind, payload)
  if kind == "timer" and payload == "script_log" then return script_log.tell_left_out() end
  if kind == "timer" then return follow(payload) end
  if kind ~= "mail" then return end
  if payload == "dataset" then return business.forget() end
  if payload == "plan" then
    business.forget() -- what pages are told of files follows the plan
    return plan.refresh()
  end
  if payload == "script_log" then return host.timer(payload, MINUTE_MS - host.now() % MINUTE_MS) end
  local bot = string.match(payload, "^scripts (bot_%w+)$")
  if bot then return follow(bot) end
  local who, key, why = string.match(payload, "^misbehaved (%S+) (%S+) (.*)$")
  if who then return misbehaved(who, key, why) end
end

return tenant
