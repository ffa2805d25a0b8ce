-- How many days an account keeps what: by its settings, else by its plan
-- (plans.lua), else these.
local host = require "host"
local json = require "json"
local limits = require "prelude.plan"

local plan = {}

local DAYS = { webhooks = 30, recordings = 30 }
local LIMITS = { webhooks = "ledger_days", recordings = "recording_days" }
local DAYS_MAX = 400

plan.DAY_MS = 24 * 3600000

-- kind -> days; nil, message, code while the store is away.
function plan.days()
  local rows, message, code = host.query "tenant.get"
  if not rows then return nil, message, code end
  local settings = rows[1] and json.decode(rows[1].settings or "{}") or {}
  local own = type(settings.retention) == "table" and settings.retention or {}
  local days = {}
  for kind, default in pairs(DAYS) do
    local given = math.tointeger(own[kind])
    days[kind] = given and given >= 1 and math.min(given, DAYS_MAX) or limits.limit(LIMITS[kind]) or default
  end
  return days
end

return plan
