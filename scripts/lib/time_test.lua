-- Calendar arithmetic at its edges.
local time = require "lib.time"

return {
  ["days and dates are each other's inverse"] = function(t)
    for _, date in ipairs { "1970-01-01", "1999-12-31", "2000-02-29", "2028-02-29", "2100-03-01" } do
      t.equal(time.format_date(time.parse_date(date)), date)
    end
    t.falsy(time.parse_date "2100-02-29")
  end,

  ["the weekday of a known day"] = function(t) t.equal(time.weekday(time.parse_date "2026-11-25"), 3) end,

  ["RFC 3339 there and back"] = function(t)
    local ms = time.parse_rfc3339 "2026-11-22T15:00:00+01:00"
    t.equal(time.rfc3339(ms), "2026-11-22T14:00:00.000Z")
    t.falsy(time.parse_rfc3339 "2026-11-22 15:00")
  end,

  ["clocks end at 24:00"] = function(t)
    t.equal(time.parse_clock "24:00", 1440)
    t.falsy(time.parse_clock "24:01")
    t.equal(time.format_clock(1500), "01:00")
  end,

  ["periods need a unit"] = function(t)
    t.equal(time.parse_period "5s", 5000)
    t.falsy(time.parse_period "5")
  end,
}
