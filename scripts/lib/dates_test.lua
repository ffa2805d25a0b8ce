-- Days, times and numbers as people write them; today is Wednesday 2026-11-25.
local dates = require "lib.dates"
local text = require "lib.text"
local time = require "lib.time"

local TODAY = time.parse_date "2026-11-25"

local function day(said)
  local days = dates.day(text.fold(said), said, TODAY)
  return days and time.format_date(days)
end

return {
  ["words that count from today"] = function(t)
    t.equal(day "tomorrow", "2026-11-26")
    t.equal(day "übermorgen", "2026-11-27")
    t.equal(day "the day after tomorrow", "2026-11-27")
  end,

  ["a weekday is the next one, today included"] = function(t)
    t.equal(day "on Wednesday", "2026-11-25")
    t.equal(day "next Wednesday", "2026-12-02")
    t.equal(day "Freitags", "2026-11-27")
  end,

  ["dates in figures and with months"] = function(t)
    t.equal(day "24.12.", "2026-12-24")
    t.equal(day "2027-01-05", "2027-01-05")
    t.equal(day "the 3rd of January", "2027-01-03")
    t.equal(day "29 February", "2028-02-29")
  end,

  ["no date is no date"] = function(t)
    t.falsy(day "32.1.")
    t.falsy(day "31.2.2027")
    t.falsy(day "hello")
  end,

  ["numbers: exactly one, also as a word"] = function(t)
    t.equal(dates.number("we are four", "en"), 4)
    t.equal(dates.number("3,5 kg", "de"), 3.5)
    t.falsy(dates.number("4 or 5", "en"))
  end,
}
