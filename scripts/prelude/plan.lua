-- The plan of this state's tenant: limits by name, for whoever keeps one, and
-- those that the host keeps. The tenant's row is read in the first turn of a
-- state, before anything of the tenant runs (prelude/init), and again when
-- another plan was set (actors/tenant).
local host = require "host"
local plans = require "plans"

local plan = {}

local DEFAULT <const> = "standard"
local RETRY_MS <const> = 5000 -- while the store is away

-- Limit -> least and most. Those that may be left out everywhere are the server's settings,
-- or have a value where they are used.
local RANGES = {
  cpu_seconds = { 0, 3600 },
  file_mb = { 1, 25 },
  files_mb = { 0, 10000000 },
  host_calls = { 100, 1000000 },
  keys = { 0, 1000000 },
  ledger_days = { 1, 400 },
  log_lines = { 1, 100000 },
  memory_mb = { 4, 65536 },
  recording_days = { 1, 400 },
  tracking = { 0, 2 },
  visitor_keys = { 0, 10000 },
}
local SETTINGS =
  { cpu_seconds = true, memory_mb = true, ledger_days = true, recording_days = true, tracking = true }

plan.known = host.tenant == 0 -- the system has none
plan.name = DEFAULT
plan.suspended = false -- by the operator: its bots take no messages

local again = 0 -- host.mono() from which on the row is read again

-- A limit of the tenant's plan. nil where the server's setting holds.
function plan.limit(name)
  if not RANGES[name] then error("no plan has a limit '" .. tostring(name) .. "'", 2) end
  local own = plans[plan.name]
  local value = own and own[name]
  if value == nil then value = plans[DEFAULT][name] end
  return value
end

local function put_in_force()
  host.allow(
    plan.name,
    plan.limit "cpu_seconds",
    plan.limit "memory_mb",
    plan.limit "log_lines",
    plan.limit "host_calls"
  )
end

-- Reads which plan it is. Waits; while the store is away what was in force stays.
function plan.refresh()
  if host.tenant == 0 or host.mono() < again then return end
  local rows = host.query "tenant.get"
  if not rows then
    again = host.mono() + RETRY_MS
    return
  end
  local name = rows[1] and rows[1].plan or DEFAULT
  if not plans[name] then
    host.log("warn", "the scripts have no such plan, so the standard one holds", { plan = name })
    name = DEFAULT
  end
  plan.name, plan.known, again = name, true, 0
  plan.suspended = rows[1] ~= nil and rows[1].status == "suspended"
  put_in_force()
end

function plan.names()
  local names = {}
  for name in pairs(plans) do
    names[#names + 1] = name
  end
  return names
end

-- What is wrong with the name of a plan; nil: there is one.
function plan.fault(name)
  if plans[name] then return nil end
  return ("there is no plan '%s' (there are: %s)"):format(tostring(name), table.concat(plan.names(), ", "))
end

-- Another plan for the tenant whose turn this is; for the command line.
function plan.set(name)
  local fault = plan.fault(name)
  if fault then return host.emit(fault) end
  host.write("tenant.set_plan", name)
  host.emit("plan " .. name)
end

local function check_limit(problems, name, limit, value)
  local range = RANGES[limit]
  if not range then
    problems[#problems + 1] = ("plans.lua: plan '%s': there is no limit '%s'"):format(name, tostring(limit))
  elseif math.type(value) ~= "integer" or value < range[1] or value > range[2] then
    problems[#problems + 1] = ("plans.lua: plan '%s': '%s' must be a whole number from %d to %d"):format(
      name,
      limit,
      range[1],
      range[2]
    )
  end
end

-- Problems of plans.lua, for the check of a reload.
function plan.check(all)
  local problems = {}
  all = all or plans
  for name, limits in pairs(all) do
    if type(name) ~= "string" or not string.find(name, "^%l[%l%d_%-]*$") or #name > 32 then
      problems[#problems + 1] = ("plans.lua: '%s' is no name for a plan"):format(tostring(name))
    elseif type(limits) ~= "table" then
      problems[#problems + 1] = ("plans.lua: plan '%s' must be a table of limits"):format(name)
    else
      for limit, value in pairs(limits) do
        check_limit(problems, name, limit, value)
      end
    end
  end
  for limit in pairs(RANGES) do
    if not SETTINGS[limit] and (type(all[DEFAULT]) ~= "table" or all[DEFAULT][limit] == nil) then
      problems[#problems + 1] = ("plans.lua: plan '%s' needs '%s'"):format(DEFAULT, limit)
    end
  end
  return problems
end

return plan
