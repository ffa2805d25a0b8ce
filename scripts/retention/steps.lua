-- What an account forgets, kind by kind. Each step is handed the run's budget
-- (retention/walk), the time and the plan's days.
local ids = require "retention.ids"
local plan = require "retention.plan"
local walk = require "retention.walk"

local steps = {}

local ANSWERS_MS = plan.DAY_MS -- api/repeats looks no further back

-- Ids of older versions begin with another word; they sort after all of ours.
local LATER, LAST = "f", "~"

local function webhooks_before(now, days) return now - days.webhooks * plan.DAY_MS end

local function of_endpoints(name)
  return function(budget, now, days)
    local before = webhooks_before(now, days)
    return walk.each(name .. "_endpoint", "endpoint", function(endpoint)
      local done, message = walk.pair(budget, name, "", ids.at("evt", before), before, endpoint)
      if not done then return done, message end
      return walk.pair(budget, name, LATER, LAST, before, endpoint)
    end)
  end
end

local function events(budget, now, days)
  local before = webhooks_before(now, days)
  local done, message = walk.pair(budget, "retention.event", "", ids.at("evt", before), before)
  if not done then return done, message end
  return walk.pair(budget, "retention.event", LATER, LAST, before)
end

local function mails(budget, now, days)
  local before = webhooks_before(now, days)
  return walk.pair(budget, "retention.mail", "", ids.at("mail", before), before)
end

local function seen(budget, now, days)
  local before = webhooks_before(now, days)
  return walk.pair(budget, "retention.seen", -1, before, before)
end

local function answers(budget, now)
  return walk.pair(budget, "retention.answer", -1, now - ANSWERS_MS, now - ANSWERS_MS)
end

-- In this order: events go when no delivery and no mail needs them.
steps.all = {
  of_endpoints "retention.attempt",
  of_endpoints "retention.delivery",
  mails,
  events,
  seen,
  answers,
}

return steps
