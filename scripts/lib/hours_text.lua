-- Working hours in words, in English and German. `now` is local milliseconds.
-- Pure; see lib/hours for the arithmetic.
local hours = require "lib.hours"
local text = require "lib.text"
local time = require "lib.time"

local hours_text = {}

local DAY = time.DAY

local lang = {
  en = {
    days = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday" },
    months = {
      "January",
      "February",
      "March",
      "April",
      "May",
      "June",
      "July",
      "August",
      "September",
      "October",
      "November",
      "December",
    },
    date = "%s, %d %s",
    clock = "%s",
    ["and"] = "and",
    closed = "closed",
    today = "today",
    tomorrow = "tomorrow",
    at = "at %s",
    on_at = "on %s at %s",
    day_at = "%s at %s",
    always = "open around the clock",
    open_now = "We are open now, until %s.",
    open_always = "We are open around the clock.",
    closed_now = "We are closed now and open again %s.",
    closed_for_now = "We are closed at the moment.",
    today_open = "Today, %s: %s.",
    today_closed = "We are closed today, %s%s.",
    today_closed_until = "We are closed today, %s%s, and open again %s.",
    day_open = "On %s%s we are open %s.",
    day_closed = "On %s%s we are closed.",
    week = "Our opening hours:",
    to = "–",
  },
  de = {
    days = { "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag" },
    months = {
      "Januar",
      "Februar",
      "März",
      "April",
      "Mai",
      "Juni",
      "Juli",
      "August",
      "September",
      "Oktober",
      "November",
      "Dezember",
    },
    date = "%s, %d. %s",
    clock = "%s Uhr",
    ["and"] = "und",
    closed = "geschlossen",
    today = "heute",
    tomorrow = "morgen",
    at = "um %s",
    on_at = "am %s um %s",
    day_at = "%s um %s",
    always = "rund um die Uhr",
    open_now = "Wir haben jetzt geöffnet, bis %s.",
    open_always = "Wir haben rund um die Uhr geöffnet.",
    closed_now = "Wir haben gerade geschlossen und öffnen wieder %s.",
    closed_for_now = "Wir haben zurzeit geschlossen.",
    today_open = "Heute, %s: %s.",
    today_closed = "Heute, %s, haben wir geschlossen%s.",
    today_closed_until = "Heute, %s, haben wir geschlossen%s und öffnen wieder %s.",
    day_open = "Am %s%s haben wir %s geöffnet.",
    day_closed = "Am %s%s haben wir geschlossen.",
    week = "Unsere Öffnungszeiten:",
    to = "–",
  },
}

local function language(locale) return lang[locale] or lang.en end

local function clock(minutes) return minutes == 1440 and "24:00" or time.format_clock(minutes) end

-- "11:30–14:30 and 17:30–23:00"
function hours_text.intervals(list, locale)
  local l = language(locale)
  if #list == 0 then return l.closed end
  if #list == 1 and list[1][1] == 0 and list[1][2] == 1440 then return l.always end
  local parts = {}
  for i, interval in ipairs(list) do
    parts[i] = clock(interval[1]) .. l.to .. clock(interval[2])
  end
  local s = text.list(parts, l["and"])
  return l.clock:format(s)
end

-- "Friday, 25 December"
function hours_text.date(days, locale)
  local l = language(locale)
  local _, month, day = time.date(days)
  return l.date:format(l.days[time.weekday(days)], day, l.months[month])
end

local function reason(exception, locale)
  return exception and exception.name and " (" .. text.pick(exception.name, locale) .. ")" or ""
end

-- "today at 17:30", "tomorrow at 11:30", "on Tuesday at 11:30", seen from now.
function hours_text.moment(at, now, locale)
  local l = language(locale)
  local ahead = at // DAY - now // DAY
  local at_clock = l.clock:format(clock(at % DAY // time.MINUTE))
  if ahead == 0 then return l.day_at:format(l.today, at_clock) end
  if ahead == 1 then return l.day_at:format(l.tomorrow, at_clock) end
  local day = ahead < 7 and l.days[time.weekday(at // DAY)] or hours_text.date(at // DAY, locale)
  return l.on_at:format(day, at_clock)
end

-- When it opens again, or nil when that is not known.
function hours_text.next_opening(compiled, now, locale)
  local at = hours.next_opening(compiled, now)
  return at and hours_text.moment(at, now, locale)
end

-- "We are open now, until 14:30." / "We are closed now and open again today at 17:30."
function hours_text.status(compiled, now, locale)
  local l = language(locale)
  local stop = hours.open_until(compiled, now)
  if stop and stop - now >= DAY then return l.open_always end
  if stop then return l.open_now:format(l.clock:format(clock(stop % DAY // time.MINUTE))) end
  local again = hours_text.next_opening(compiled, now, locale)
  return again and l.closed_now:format(again) or l.closed_for_now
end

-- Today's hours and what they mean right now.
function hours_text.today(compiled, now, locale)
  local l = language(locale)
  local days = now // DAY
  local list, exception = hours.day(compiled, days)
  local name = l.days[time.weekday(days)]
  local first
  if #list == 0 then
    local again = not hours.open_until(compiled, now) and hours_text.next_opening(compiled, now, locale)
    if again then return l.today_closed_until:format(name, reason(exception, locale), again) end
    first = l.today_closed:format(name, reason(exception, locale))
  else
    first = l.today_open:format(name .. reason(exception, locale), hours_text.intervals(list, locale))
  end
  return first .. " " .. hours_text.status(compiled, now, locale)
end

-- The hours of one day that somebody asked about.
function hours_text.day(compiled, days, locale)
  local l = language(locale)
  local list, exception = hours.day(compiled, days)
  local date = hours_text.date(days, locale)
  if #list == 0 then return l.day_closed:format(date, reason(exception, locale)) end
  return l.day_open:format(date, reason(exception, locale), hours_text.intervals(list, locale))
end

-- The week, days with the same hours together: "Tuesday–Thursday: 17:30–23:00".
function hours_text.week(compiled, locale)
  local l = language(locale)
  local lines, from = { l.week }, 1
  for i = 1, 7 do
    local here = hours_text.intervals(compiled.weekly[i], locale)
    local after = i < 7 and hours_text.intervals(compiled.weekly[i + 1], locale)
    if here ~= after then
      local span = from == i and l.days[i] or l.days[from] .. l.to .. l.days[i]
      lines[#lines + 1] = span .. ": " .. here
      from = i + 1
    end
  end
  return table.concat(lines, "\n")
end

return hours_text
