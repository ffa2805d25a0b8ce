-- When a business may be asked to call: spans of an hour within its working
-- hours. On local time, as lib/hours is. Pure.
local hours = require "lib.hours"
local time = require "lib.time"

local call_times = {}

local SPAN <const>, NOTICE <const> = 60, 30 -- minutes; nobody calls at once
local SPANS_MAX <const>, DAYS_MAX <const> = 10, 60

-- The spans of one day that begin late enough: { from, to } in local ms. With
-- more than can be offered every second, third ... is left.
local function of_day(compiled, days, earliest)
  local spans = {}
  for _, shift in ipairs(hours.day(compiled, days)) do
    for from = shift[1], shift[2] - SPAN, SPAN do
      local start = days * time.DAY + from * time.MINUTE
      if start >= earliest then spans[#spans + 1] = { start, start + SPAN * time.MINUTE } end
    end
  end
  local step = (#spans + SPANS_MAX - 1) // SPANS_MAX
  local some = {}
  for i = 1, #spans, math.max(step, 1) do
    some[#some + 1] = spans[i]
  end
  return some
end

-- The first day from the one asked for that has spans, and them; nil when
-- there is none in two months.
function call_times.find(compiled, days, now)
  for day = days, days + DAYS_MAX do
    local spans = of_day(compiled, day, now + NOTICE * time.MINUTE)
    if spans[1] then return day, spans end
  end
  return nil
end

return call_times
