-- Times at which a business may be asked to call, on days whose clocks change
-- and for visitors elsewhere.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

-- The choices that the callback dialog offers for a day of a bar that is open at night.
local function offered(clock, day, zone)
  local dataset = json.decode(files.read "scripts/demo/demo.json")
  dataset.hours = { timezone = "Europe/Berlin", weekly = { sunday = { { "00:00", "05:00" } } } }
  local world = demo.world { clock = clock, dataset = json.encode(dataset) }
  local ada = demo.visitor(world, { tz = zone })
  ada:say "callback"
  ada:say "Ada"
  ada:say "+49 30 23125 199"
  local frames = ada:send { type = "message", text = day }
  local list = {}
  for i, option in ipairs(demo.of_type(frames, "message")[1].blocks[1].options) do
    list[i] = option.label .. " " .. os.date("!%H:%M", math.tointeger(tonumber(option.value)) // 1000)
  end
  return list
end

local MARCH, OCTOBER = 1805000000000, 1824700000000 -- 2027-03-14 and 2027-10-28

describe("call times", function()
  it(
    "leave out the hour that the clocks skip",
    function()
      assert.same(
        { "00:00–01:00 23:00", "01:00–02:00 00:00", "03:00–04:00 01:00", "04:00–05:00 02:00" },
        offered(MARCH, "28.03.2027")
      )
    end
  )

  it(
    "offer the hour that comes twice once",
    function()
      assert.same({
        "00:00–01:00 22:00",
        "01:00–02:00 23:00",
        "02:00–03:00 01:00",
        "03:00–04:00 02:00",
        "04:00–05:00 03:00",
      }, offered(OCTOBER, "31.10.2027"))
    end
  )

  it("say the visitor's own time, whose zone changes on the same day or not at all", function()
    assert.equal(
      "03:00–04:00 (your time: 02:00–03:00) 01:00",
      offered(MARCH, "28.03.2027", "Europe/London")[3]
    )
    assert.equal(
      "03:00–04:00 (your time: 10:00–11:00) 01:00",
      offered(MARCH, "28.03.2027", "Asia/Tokyo")[3]
    )
  end)
end)
