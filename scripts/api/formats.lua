-- Formats of texts in the API's schemas, and the schemas that many routes
-- share. Pure.
local time = require "lib.time"

local formats = {}

-- "2026-11-25T10:00:00Z", "2026-11-25T11:00:00.5+01:00" -> UTC ms; nil when it is no time.
local function parse_time(s)
  local date, hour, minute, second, fraction, zone =
    string.match(s, "^(%d%d%d%d%-%d%d%-%d%d)[Tt](%d%d):(%d%d):(%d%d)(%.?%d*)([Zz%+%-].*)$")
  local days = date and time.parse_date(date)
  if not days then return nil end
  hour, minute, second = tonumber(hour), tonumber(minute), tonumber(second)
  if hour > 23 or minute > 59 or second > 59 then return nil end
  if fraction ~= "" and not string.find(fraction, "^%.%d+$") then return nil end
  local offset = 0
  if zone ~= "Z" and zone ~= "z" then
    local sign, zone_hour, zone_minute = string.match(zone, "^([%+%-])(%d%d):(%d%d)$")
    zone_hour, zone_minute = tonumber(zone_hour), tonumber(zone_minute)
    if not sign or zone_hour > 23 or zone_minute > 59 then return nil end
    offset = (zone_hour * 60 + zone_minute) * (sign == "-" and -1 or 1)
  end
  local ms = fraction == "" and 0 or tonumber(string.sub(fraction .. "00", 2, 4))
  return days * time.DAY + ((hour * 60 + minute - offset) * 60 + second) * 1000 + ms
end

formats["date-time"] = {
  check = function(s) return parse_time(s) ~= nil end,
  reason = "must be a time such as 2026-11-25T10:00:00Z",
}

formats.date = {
  check = function(s) return time.parse_date(s) ~= nil end,
  reason = "must be a date such as 2026-11-25",
}

formats.email = {
  check = function(s) return string.find(s, "^[^%s@]+@[^%s@]+%.[^%s@]+$") ~= nil end,
  reason = "must be an e-mail address",
}

formats.uri = {
  check = function(s) return string.find(s, "^https?://[^%s/]+%S*$") ~= nil end,
  reason = "must be a web address that begins with https://",
}

formats.parse_time = parse_time -- not a format: no table

return formats
