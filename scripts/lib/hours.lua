-- Working hours: split shifts, shifts past midnight, exceptions for a day, a
-- span of days or the same date of every year. Computed on local time: local
-- milliseconds are UTC plus the zone's offset at that moment. Pure.
local time = require "lib.time"

local hours = {}

local DAY, MINUTE = time.DAY, time.MINUTE
local SEARCH_DAYS = 400 -- how far ahead the next opening is looked for

hours.DAY_NAMES = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" }

-- [["11:30","14:30"],["17:30","01:00"]] -> { { 690, 870 }, { 1050, 1500 } }
local function intervals(list)
  local result = {}
  for i, pair in ipairs(list) do
    local from, to = time.parse_clock(pair[1]), time.parse_clock(pair[2])
    if to <= from then to = to + 1440 end -- ends on the next day
    result[i] = { from, to }
  end
  return result
end

-- The dataset's hours -> a form that is quick to search.
function hours.compile(body)
  local compiled = { zone = body.timezone, weekly = {}, exceptions = {} }
  for i, name in ipairs(hours.DAY_NAMES) do
    compiled.weekly[i] = intervals(body.weekly[name] or {})
  end
  for i, exception in ipairs(body.exceptions or {}) do
    compiled.exceptions[i] = {
      name = exception.name,
      from = exception.date or exception.from,
      to = exception.date or exception.to,
      open = intervals(exception.open or {}),
    }
  end
  return compiled
end

-- The exception for a day, or nil. Dates of every year are "12-25".
function hours.exception(compiled, days)
  local date = time.format_date(days)
  local yearly = string.sub(date, 6)
  for _, exception in ipairs(compiled.exceptions) do
    local day = #exception.from == 5 and yearly or date
    if day >= exception.from and day <= exception.to then return exception end
  end
  return nil
end

-- The intervals of a day (those that begin on it) and its exception.
function hours.day(compiled, days)
  local exception = hours.exception(compiled, days)
  if exception then return exception.open, exception end
  return compiled.weekly[time.weekday(days)], nil
end

-- When the shift that is running at local_ms ends (local ms); nil when closed.
function hours.open_until(compiled, local_ms)
  local days = local_ms // DAY
  for back = 1, 0, -1 do -- yesterday's shift may pass midnight
    local midnight = (days - back) * DAY
    for _, interval in ipairs(hours.day(compiled, days - back)) do
      local from, to = midnight + interval[1] * MINUTE, midnight + interval[2] * MINUTE
      if local_ms >= from and local_ms < to then
        -- A shift that goes on without a break the next day is one shift.
        local further = interval[2] == 1440 and hours.day(compiled, days - back + 1)[1]
        if further and further[1] == 0 then return midnight + DAY + further[2] * MINUTE end
        return to
      end
    end
  end
  return nil
end

-- When it opens next, strictly after local_ms (local ms); nil when not within
-- SEARCH_DAYS.
function hours.next_opening(compiled, local_ms)
  local today = local_ms // DAY
  for ahead = 0, SEARCH_DAYS do
    for _, interval in ipairs(hours.day(compiled, today + ahead)) do
      local from = (today + ahead) * DAY + interval[1] * MINUTE
      if from > local_ms then return from end
    end
  end
  return nil
end

return hours
