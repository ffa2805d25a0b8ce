-- The API's document says what the server does: it is made from the table of
-- routes, and the table is well-formed.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local openapi = require "tests.lua.openapi"

describe("schema/openapi.yaml", function()
  it(
    "is what the table of routes says (lua5.4 tests/lua/write_openapi.lua)",
    function() assert.equal(openapi.text(), files.read "schema/openapi.yaml") end
  )
end)

describe("the table of routes", function()
  local platform = demo.platform(demo.world())
  local routes = platform "api.routes"
  local schema = platform "api.schema"

  it("has each address and method once, with all that a route needs", function()
    local seen = {}
    for _, route in ipairs(routes.all()) do
      local name = route.method .. " " .. route.path
      assert.is_nil(seen[name], name)
      seen[name] = true
      assert.truthy(route.path:find "^/v1/[%l_/{}]+$", name)
      assert.is_function(route.run, name)
      assert.truthy(route.summary, name)
      assert.truthy(route.responses and next(route.responses), name)
      assert.truthy(route.scope or route.path == "/v1/account", name .. " has no scope")
      if route.scope then
        local writes = route.scope:match ":(%a+)$" == "write"
        assert.equal(route.method ~= "GET", writes, name .. " has the scope " .. route.scope)
      end
    end
  end)

  it("gives bodies an example that its own schema takes", function()
    for _, route in ipairs(routes.all()) do
      if route.body then
        assert.truthy(route.body.example, route.path .. " has no example")
        assert.is_nil(schema.faults(route.body.example, route.body), route.path)
      end
    end
  end)

  it("finds literal addresses before those with parameters", function()
    local route, params = routes.find("GET", "/v1/bots/bot_1")
    assert.equal("/v1/bots/{bot}", route.path)
    assert.same({ bot = "bot_1" }, params)
    assert.is_nil(routes.find("GET", "/v1/bots/bot_1/nothing"))
    local found, methods = routes.find("DELETE", "/v1/bots")
    assert.is_nil(found)
    assert.equal("GET", methods)
  end)
end)

describe("a schema", function()
  local platform = demo.platform(demo.world())
  local schema, formats, json = platform "api.schema", platform "api.formats", platform "json"

  local function faults(value, rule)
    local list = {}
    for i, fault in ipairs(schema.faults(value, rule) or {}) do
      list[i] = fault.pointer .. " " .. fault.code
    end
    return table.concat(list, ", ")
  end

  it("tells integers, numbers, lists, objects and null apart", function()
    assert.equal("", faults(1, { type = "integer" }))
    assert.equal(" wrong_type", faults(1.5, { type = "integer" }))
    assert.equal(" wrong_type", faults("1", { type = "integer" }))
    assert.equal(" wrong_type", faults(json.null, { type = "string" }))
    assert.equal("", faults(json.null, { type = { "string", "null" } }))
    assert.equal(" wrong_type", faults({ a = 1 }, { type = "array", items = { type = "integer" } }))
    assert.equal(" wrong_type", faults({ 1 }, { type = "object" }))
    assert.equal("/1 wrong_type", faults({ 1, "x" }, { type = "array", items = { type = "integer" } }))
  end)

  it("names every field at fault by its pointer", function()
    local rule = {
      type = "object",
      properties = { ["a/b"] = { type = "integer", minimum = 3 }, c = { type = "string", enum = { "x" } } },
      required = { "d" },
    }
    assert.equal(
      "/a~1b too_small, /c not_allowed, /e unknown, /d missing",
      faults({ ["a/b"] = 1, c = "y", e = 1 }, rule)
    )
  end)

  it("knows times with any zone", function()
    assert.equal(1795600800000, formats.parse_time "2026-11-25T10:00:00Z")
    assert.equal(1795600800500, formats.parse_time "2026-11-25T11:00:00.5+01:00")
    for _, wrong in ipairs {
      "2026-11-25",
      "2026-02-30T10:00:00Z",
      "2026-11-25T24:00:00Z",
      "2026-11-25T10:00:00",
    } do
      assert.is_nil(formats.parse_time(wrong), wrong)
    end
  end)
end)
