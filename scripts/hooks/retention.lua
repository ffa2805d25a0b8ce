-- How long the ledger keeps what is done: once a day, by the tenant's plan.
local host = require "host"
local json = require "json"

local retention = {}

local DAY_MS, DAYS, DAYS_MAX = 24 * 3600000, 30, 400

-- Days that the plan of this tenant keeps what is over.
function retention.days()
  local rows = host.query "tenant.get"
  local settings = rows and rows[1] and json.decode(rows[1].settings or "{}") or {}
  local plan = type(settings.retention) == "table" and math.tointeger(settings.retention.webhooks)
  return plan and plan >= 1 and math.min(plan, DAYS_MAX) or DAYS
end

-- self.pruned: when it was done last, by this actor.
function retention.prune(self)
  local now = host.now()
  if self.pruned and now - self.pruned < DAY_MS then return end
  self.pruned = now
  local before = now - retention.days() * DAY_MS
  host.write("attempt.prune", before)
  host.write("delivery.prune", before)
  host.write("event.prune", before)
  host.write("hook.prune", before)
end

return retention
