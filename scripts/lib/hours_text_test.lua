-- Working hours in words, seen from given moments.
local hours = require "lib.hours"
local hours_text = require "lib.hours_text"
local time = require "lib.time"

local function at(date, clock) return time.parse_date(date) * time.DAY + time.parse_clock(clock) * time.MINUTE end

local function shop()
  local day = { { "09:00", "12:00" }, { "14:00", "18:00" } }
  return hours.compile {
    weekly = {
      monday = day,
      tuesday = day,
      wednesday = { { "09:00", "12:00" } },
      thursday = day,
      friday = day,
    },
  }
end

return {
  ["days with the same hours stand together"] = function(t)
    t.equal(
      hours_text.week(shop(), "en"),
      "Our opening hours:\nMonday–Tuesday: 09:00–12:00 and 14:00–18:00\nWednesday: 09:00–12:00\n"
        .. "Thursday–Friday: 09:00–12:00 and 14:00–18:00\nSaturday–Sunday: closed"
    )
  end,

  ["the next opening is told from where the visitor stands"] = function(t)
    local h = shop()
    t.equal(hours_text.next_opening(h, at("2026-11-24", "13:00"), "en"), "today at 14:00")
    t.equal(hours_text.next_opening(h, at("2026-11-24", "19:00"), "en"), "tomorrow at 09:00")
    t.equal(hours_text.next_opening(h, at("2026-11-27", "19:00"), "de"), "am Montag um 09:00 Uhr")
  end,
}
