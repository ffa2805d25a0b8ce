-- Retry-After: how long the other side wants to be left alone, in seconds or
-- as a date; some providers say milliseconds in a header of their own.
local time = require "lib.time"

local retry_after = {}

local MONTHS = {
  Jan = 1,
  Feb = 2,
  Mar = 3,
  Apr = 4,
  May = 5,
  Jun = 6,
  Jul = 7,
  Aug = 8,
  Sep = 9,
  Oct = 10,
  Nov = 11,
  Dec = 12,
}

-- "Wed, 21 Oct 2026 07:28:00 GMT" in ms, or nil.
local function date_ms(text)
  local day, month, year, h, m, s =
    string.match(text, "^%a%a%a, (%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d) GMT$")
  if not day or not MONTHS[month] then return nil end
  local days = time.days(tonumber(year), MONTHS[month], tonumber(day))
  return (((days * 24 + tonumber(h)) * 60 + tonumber(m)) * 60 + tonumber(s)) * 1000
end

-- value: of the header; now: ms. Milliseconds, or nil.
function retry_after.ms(value, now)
  if not value then return nil end
  if #value < 9 and string.find(value, "^%d+$") then return tonumber(value) * 1000 end
  local at = date_ms(value)
  return at and math.max(0, at - now) or nil
end

return retry_after
