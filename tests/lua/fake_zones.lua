-- host.zone_offset for the zones that tests use: minutes east of UTC.
local zones = {}

-- The last Sunday of a month at 01:00 UTC, in ms: when Europe changes.
local function europe_switch(year, month)
  local last = os.time { year = year, month = month, day = 31, hour = 12 }
  local date = os.date("!*t", last)
  local sunday = last - (date.wday - 1) * 86400
  local s = os.date("!*t", sunday)
  return (os.time { year = s.year, month = s.month, day = s.day, hour = 12 } - 11 * 3600) * 1000
end

local function europe(winter)
  return function(ms)
    local year = os.date("!*t", ms // 1000).year
    local summer = ms >= europe_switch(year, 3) and ms < europe_switch(year, 10)
    return winter + (summer and 60 or 0)
  end
end

local rules = {
  UTC = function() return 0 end,
  ["Europe/Berlin"] = europe(60),
  ["Europe/London"] = europe(0),
  ["Asia/Kolkata"] = function() return 330 end,
  ["Asia/Tokyo"] = function() return 540 end,
}

function zones.offset(zone, ms)
  local rule = rules[zone]
  return rule and rule(ms)
end

return zones
