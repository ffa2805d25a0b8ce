-- Prints the visitors' routes, one JSON object a line, also those that the
-- API's document leaves out: tests/blackbox/test_visitor_walls.py tries each.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

local platform = demo.platform(demo.world())
for _, route in ipairs(platform "api.visitor_routes") do
  local query = {}
  for name in pairs(route.query or {}) do
    query[name] = true
  end
  print(json.encode {
    method = route.method,
    path = route.path,
    query = query,
    open = route.open or false,
    embedded = route.embedded or false,
  })
end
