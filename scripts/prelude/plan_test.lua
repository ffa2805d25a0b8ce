local plan = require "prelude.plan"

local LIMITS = { log_lines = 1, host_calls = 100, keys = 0, visitor_keys = 0, file_mb = 1, files_mb = 0 }

return {
  ["what a plan leaves out is the standard's"] = function(t)
    t.truthy(plan.limit "host_calls")
    t.raises("no plan has a limit 'wings'", plan.limit, "wings")
  end,

  ["faults are told with the plan and the limit"] = function(t)
    t.equal(plan.check { standard = LIMITS }, {})
    t.equal(plan.check { standard = LIMITS, tiny = { memory_mb = 1 } }, {
      "plans.lua: plan 'tiny': 'memory_mb' must be a whole number from 4 to 65536",
    })
    t.equal(plan.check { standard = LIMITS, big = { wings = 2, keys = "many" } }, {
      "plans.lua: plan 'big': 'keys' must be a whole number from 0 to 1000000",
      "plans.lua: plan 'big': there is no limit 'wings'",
    })
    t.equal(
      plan.check { standard = LIMITS, ["Big One"] = {} },
      { "plans.lua: 'Big One' is no name for a plan" }
    )
  end,

  ["a standard plan without a limit is a fault"] = function(t)
    t.equal(#plan.check { other = {} }, 6)
    t.equal(plan.fault "standard", nil)
    t.truthy(plan.fault "nope")
  end,
}
