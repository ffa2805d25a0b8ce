-- Working hours at given moments; 2026-11-23 is a Monday.
local hours = require "lib.hours"
local time = require "lib.time"

local MONDAY = time.parse_date "2026-11-23"

local function at(date, clock) return time.parse_date(date) * time.DAY + time.parse_clock(clock) * time.MINUTE end

local function tavern()
  return hours.compile {
    timezone = "Europe/Berlin",
    weekly = {
      tuesday = { { "11:30", "14:30" }, { "17:30", "23:00" } },
      friday = { { "17:30", "01:00" } },
      saturday = { { "00:00", "24:00" } },
      sunday = { { "00:00", "20:00" } },
    },
    exceptions = {
      { name = "Christmas Eve", date = "12-24" },
      { name = "Fair", from = "2026-12-07", to = "2026-12-09", open = { { "10:00", "12:00" } } },
    },
  }
end

return {
  ["a shift past midnight ends on the next day"] = function(t)
    local h = tavern()
    t.equal(hours.open_until(h, at("2026-11-27", "23:30")), at("2026-11-28", "01:00"))
  end,

  ["between two shifts it is closed and opens again the same day"] = function(t)
    local h = tavern()
    t.falsy(hours.open_until(h, at("2026-11-24", "15:00")))
    t.equal(hours.next_opening(h, at("2026-11-24", "15:00")), at("2026-11-24", "17:30"))
  end,

  ["the minute of closing is closed, that of opening is open"] = function(t)
    local h = tavern()
    t.falsy(hours.open_until(h, at("2026-11-24", "14:30")))
    t.truthy(hours.open_until(h, at("2026-11-24", "11:30")))
  end,

  ["a day and night goes on into the next morning"] = function(t)
    t.equal(hours.open_until(tavern(), at("2026-11-28", "12:00")), at("2026-11-29", "20:00"))
  end,

  ["exceptions win: of every year, and of a span of days"] = function(t)
    local h = tavern()
    local list, exception = hours.day(h, time.parse_date "2027-12-24")
    t.equal(list, {})
    t.equal(exception.name, "Christmas Eve")
    t.equal(hours.day(h, time.parse_date "2026-12-09"), { { 600, 720 } })
    t.falsy(hours.exception(h, time.parse_date "2026-12-10"))
  end,

  ["what never opens has no next opening"] = function(t)
    t.falsy(hours.next_opening(hours.compile { weekly = {} }, MONDAY * time.DAY))
  end,
}
