-- An account's daily job: what was kept long enough goes (retention/steps). One
-- actor for each account, so one account's large ledger delays no other's.
local host = require "host"
local jobs = require "prelude.jobs"
local plan = require "retention.plan"
local steps = require "retention.steps"
local walk = require "retention.walk"

local janitor = {}

local REST_MS = 1000 -- between two runs of one night
local SPREAD_MS = 3600000 -- accounts do not all come at the same moment
local LEASE_MS = 60000

-- m, at: see walk.budget; of a night that is not over
function janitor.new(kind) return { kind = kind } end

-- From the making of the account on; a second call changes nothing.
function janitor.arm() jobs.arm("retention", "retention", "all", host.now() + plan.DAY_MS) end

-- true: through for today; false: there is more; nil, message: the store is away.
local function clean(self, now)
  local days, message = plan.days()
  if not days then return nil, message end
  local budget = walk.budget(self.m)
  for _, step in ipairs(steps.all) do
    local done, why = step(budget, now, days)
    if not done then return done, why end
  end
  return true
end

function janitor.deliver(self, kind, payload)
  local job = kind == "mail" and jobs.take(payload)
  if not job or not jobs.held(job) then return host.stop() end
  jobs.extend(job, LEASE_MS)
  host.commit()
  self.m, self.at = self.m or {}, self.at or host.now()
  local now = self.at -- of the night's first run: bounds that move would begin the walks again
  local done, message = clean(self, now)
  if done == nil then
    jobs.retry(job, message)
  elseif done then
    jobs.rest(job, now + plan.DAY_MS + string.unpack("<I2", host.random(2)) * SPREAD_MS // 65536)
  else
    return jobs.rest(job, host.now() + REST_MS)
  end
  host.stop()
end

return janitor
