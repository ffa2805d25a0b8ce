-- Spans within working hours, none of them in the past.
local call_times = require "lib.call_times"
local hours = require "lib.hours"
local time = require "lib.time"

local WEEK = { monday = { { "09:00", "12:00" }, { "14:00", "16:30" } }, tuesday = { { "08:00", "20:00" } } }
local shop = hours.compile { timezone = "Europe/Berlin", weekly = WEEK }
local MONDAY = time.parse_date "2026-11-23"

local function clocks(spans)
  local list = {}
  for i, span in ipairs(spans) do
    list[i] = time.format_clock(span[1] % time.DAY // time.MINUTE)
  end
  return table.concat(list, " ")
end

return {
  ["a day's shifts are cut into hours"] = function(t)
    local day, spans = call_times.find(shop, MONDAY, 0)
    t.equal(day, MONDAY)
    t.equal(clocks(spans), "09:00 10:00 11:00 14:00 15:00")
  end,

  ["what is past, or too soon, is not offered"] = function(t)
    local _, spans = call_times.find(shop, MONDAY, MONDAY * time.DAY + 13 * time.HOUR + 45 * time.MINUTE)
    t.equal(clocks(spans), "15:00")
    local day = call_times.find(shop, MONDAY, MONDAY * time.DAY + 16 * time.HOUR)
    t.equal(day, MONDAY + 1)
  end,

  ["a closed day leads to the next one"] = function(t)
    local day = call_times.find(shop, MONDAY + 2, 0)
    t.equal(day, MONDAY + 7)
  end,

  ["a long day is offered in at most ten"] = function(t)
    local _, spans = call_times.find(shop, MONDAY + 1, 0)
    t.equal(clocks(spans), "08:00 10:00 12:00 14:00 16:00 18:00")
  end,

  ["a shift past midnight is offered to its end, a holiday not at all"] = function(t)
    local bar = hours.compile {
      timezone = "Europe/Berlin",
      weekly = { monday = { { "21:30", "02:00" } } },
      exceptions = { { date = "2026-11-30", open = {} } },
    }
    local day, spans = call_times.find(bar, MONDAY, 0)
    t.equal(day, MONDAY)
    t.equal(clocks(spans), "21:30 22:30 23:30 00:30")
    t.equal(spans[4][1] // time.DAY, MONDAY + 1)
    t.equal(call_times.find(bar, MONDAY + 1, 0), MONDAY + 14)
  end,

  ["a business that never opens offers nothing"] = function(t)
    t.equal(call_times.find(hours.compile { timezone = "UTC", weekly = {} }, MONDAY, 0), nil)
  end,
}
