-- Calendar arithmetic on integer milliseconds (UTC), without an os library.
-- A civil time is a table { year, month, day, hour, minute, weekday }, with
-- weekday 1 = Monday. A local time is a UTC time plus its zone's offset.
local time = {}

local format = string.format

time.SECOND, time.MINUTE, time.HOUR, time.DAY = 1000, 60000, 3600000, 86400000
local DAY = time.DAY

-- Days since 1970-01-01 (proleptic Gregorian calendar), after Howard Hinnant.
function time.days(year, month, day)
  if month <= 2 then year = year - 1 end
  local era = year // 400
  local of_era = year - era * 400
  local of_year = (153 * (month > 2 and month - 3 or month + 9) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

function time.date(days)
  local z = days + 719468
  local era = z // 146097
  local of_era = z - era * 146097
  local year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
  local of_year = of_era - (365 * year + year // 4 - year // 100)
  local mp = (5 * of_year + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  return year + era * 400 + (month <= 2 and 1 or 0), month, of_year - (153 * mp + 2) // 5 + 1
end

function time.weekday(days) return (days + 3) % 7 + 1 end

function time.civil(ms)
  local days = ms // DAY
  local rest = ms - days * DAY
  local year, month, day = time.date(days)
  return {
    year = year,
    month = month,
    day = day,
    weekday = time.weekday(days),
    days = days,
    hour = rest // 3600000,
    minute = rest // 60000 % 60,
    second = rest // 1000 % 60,
  }
end

-- RFC 3339 in UTC with milliseconds.
function time.rfc3339(ms)
  local c = time.civil(ms)
  return format(
    "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
    c.year,
    c.month,
    c.day,
    c.hour,
    c.minute,
    c.second,
    ms % 1000
  )
end

function time.valid_date(year, month, day)
  if not (year and month and day) or month < 1 or month > 12 or day < 1 then return false end
  local next_year, next_month = year, month + 1
  if next_month == 13 then
    next_year, next_month = year + 1, 1
  end
  return day <= time.days(next_year, next_month, 1) - time.days(year, month, 1)
end

-- "2026-11-22" -> days; nil when it is no date.
function time.parse_date(s)
  local year, month, day = string.match(s, "^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
  year, month, day = tonumber(year), tonumber(month), tonumber(day)
  if not time.valid_date(year, month, day) then return nil end
  return time.days(year, month, day)
end

function time.format_date(days) return format("%04d-%02d-%02d", time.date(days)) end

-- "09:30" -> minutes of the day; "24:00" is allowed as an end.
function time.parse_clock(s)
  local hour, minute = string.match(s, "^(%d%d):(%d%d)$")
  hour, minute = tonumber(hour), tonumber(minute)
  if not hour or minute > 59 or hour > 24 or (hour == 24 and minute > 0) then return nil end
  return hour * 60 + minute
end

function time.format_clock(minutes)
  minutes = minutes % 1440
  return format("%02d:%02d", minutes // 60, minutes % 60)
end

-- "2026-11-22T15:00:00+01:00" -> ms UTC; nil when malformed. For tests and data.
function time.parse_rfc3339(s)
  local date, h, m, sec, zone = string.match(s, "^(%d%d%d%d%-%d%d%-%d%d)T(%d%d):(%d%d):(%d%d)%.?%d*(.+)$")
  local days = date and time.parse_date(date)
  if not days then return nil end
  local offset = 0
  if zone ~= "Z" then
    local sign, zh, zm = string.match(zone, "^([+-])(%d%d):(%d%d)$")
    if not sign then return nil end
    offset = (tonumber(zh) * 60 + tonumber(zm)) * (sign == "-" and -1 or 1)
  end
  return days * DAY + ((tonumber(h) * 60 + tonumber(m) - offset) * 60 + tonumber(sec)) * 1000
end

-- "2026-12-30", 3 -> "2027-01-02"
function time.add_days(date, days) return time.format_date(time.parse_date(date) + days) end

function time.days_between(from, to) return time.parse_date(to) - time.parse_date(from) end

-- "5s", "2m", "300ms", "2d" -> ms; nil when malformed.
function time.parse_period(s)
  local number, unit = string.match(s, "^(%d%d?%d?%d?%d?%d?)(%a+)$")
  local factor = ({ ms = 1, s = 1000, m = 60000, h = 3600000, d = 86400000 })[unit]
  return factor and tonumber(number) * factor
end

return time
