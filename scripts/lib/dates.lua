-- Days and numbers as people write them, in English and German. Pure:
-- "today" is given as days since 1970. Folded text: see lib/text.
local text = require "lib.text"
local time = require "lib.time"

local dates = {}
local MONTHS, WEEKDAYS, NUMBERS = {}, {}, {}

local function names(into, list)
  for line in string.gmatch(list, "[^;]+") do
    local value
    for word in string.gmatch(line, "%S+") do
      if value then
        into[word] = value
      else
        value = tonumber(word)
      end
    end
  end
end

names(
  MONTHS,
  [[1 january jan januar jaenner; 2 february feb februar; 3 march mar maerz; 4 april apr; 5 may mai;
  6 june jun juni; 7 july jul juli; 8 august aug; 9 september sep sept; 10 october oct oktober okt;
  11 november nov; 12 december dec dezember dez]]
)
names(
  WEEKDAYS,
  [[1 monday mon mondays montag montags; 2 tuesday tue tues tuesdays dienstag dienstags;
  3 wednesday wed wednesdays mittwoch mittwochs; 4 thursday thu thurs thursdays donnerstag donnerstags;
  5 friday fri fridays freitag freitags; 6 saturday sat saturdays samstag samstags sonnabend;
  7 sunday sun sundays sonntag sonntags]]
)
names(
  NUMBERS,
  [[0 zero null; 1 one a ein eine einen; 2 two zwei couple; 3 three drei; 4 four vier; 5 five fuenf;
  6 six sechs; 7 seven sieben; 8 eight acht; 9 nine neun; 10 ten zehn; 11 eleven elf; 12 twelve zwoelf]]
)

-- Days from today for the words that count from it.
local RELATIVE = {
  today = 0,
  tonight = 0,
  now = 0,
  heute = 0,
  jetzt = 0,
  tomorrow = 1,
  morgen = 1,
  yesterday = -1,
  gestern = -1,
  uebermorgen = 2,
}

-- Fixed feasts that visitors name, as whole words; moving ones are in the business's own list.
local FEASTS = {
  { " christmas eve ", 12, 24 },
  { " heiligabend ", 12, 24 },
  { " heilig abend ", 12, 24 },
  { " boxing day ", 12, 26 },
  { " new years eve ", 12, 31 },
  { " silvester ", 12, 31 },
  { " new years day ", 1, 1 },
  { " new year ", 1, 1 },
  { " neujahr ", 1, 1 },
  { " second day of christmas ", 12, 26 },
  { " zweiter weihnachtstag ", 12, 26 },
  { " christmas ", 12, 25 },
  { " xmas ", 12, 25 },
  { " weihnachten ", 12, 25 },
  { " weihnachtstag ", 12, 25 },
}

-- The day of that month which is next, today included; with a year, that one.
local function next_date(day, month, year, today)
  if year then
    if year < 100 then year = year + 2000 end
    return time.valid_date(year, month, day) and time.days(year, month, day) or nil
  end
  year = time.date(today)
  for candidate = year, year + 8 do -- 29 February may be years away
    if time.valid_date(candidate, month, day) then
      local days = time.days(candidate, month, day)
      if days >= today then return days end
    end
  end
  return nil
end

-- 2026-12-24, 24.12.2026, 24.12., 24/12/2026
local function numeric(said, today)
  local y, m, d = string.match(said, "(%d%d%d%d)%-(%d%d?)%-(%d%d?)")
  if not y then
    d, m, y = string.match(said, "(%d%d?)[%./](%d%d?)[%./](%d%d%d%d)")
    if not d then
      d, m, y = string.match(said, "(%d%d?)[%./](%d%d?)[%./](%d%d)%f[%D]")
    end
    if not d then
      d, m = string.match(said, "(%d%d?)%.(%d%d?)%.?%f[%D]")
    end
  end
  d, m, y = tonumber(d), tonumber(m), tonumber(y)
  if not d or m > 12 then return nil end
  return next_date(d, m, y, today)
end

-- "25 december", "december 25th", "25th of december 2026"
local function by_month(words, today)
  for i, word in ipairs(words) do
    local month = MONTHS[word]
    local function day_at(j) return tonumber(string.match(words[j] or "", "^(%d%d?)%a?%a?$")) end
    local day = month and (day_at(i - 1) or (words[i - 1] == "of" and day_at(i - 2)) or day_at(i + 1))
    if day then
      local year =
        tonumber(string.match(words[i + 1] or "", "^20%d%d$") or string.match(words[i + 2] or "", "^20%d%d$"))
      return next_date(day, month, year, today)
    end
  end
  return nil
end

local function by_feast(folded, today)
  local find, padded = string.find, " " .. folded .. " "
  for _, feast in ipairs(FEASTS) do
    if find(padded, feast[1], 1, true) then return next_date(feast[3], feast[2], nil, today) end
  end
  return nil
end

-- The day that a text names, as days since 1970; nil when it names none.
-- "next friday" is the one after this week's when today is not past it.
function dates.day(folded, said, today)
  local words = text.words(folded)
  local days = numeric(said, today) or by_month(words, today) or by_feast(folded, today)
  if days then return days end
  if string.find(folded, "day after tomorrow", 1, true) then return today + 2 end
  for i, word in ipairs(words) do
    if WEEKDAYS[word] then
      local ahead = (WEEKDAYS[word] - time.weekday(today)) % 7
      if ahead == 0 and words[i - 1] == "next" then ahead = 7 end
      return today + ahead
    end
    if RELATIVE[word] then return today + RELATIVE[word] end
  end
  return nil
end

-- "4", "four", "we are 4", "3,5" (German) -> number; nil when there is none
-- or more than one.
function dates.number(said, locale)
  local found
  if locale == "de" then said = string.gsub(said, "(%d),(%d)", "%1.%2") end
  for token in string.gmatch(string.lower(said), "%-?[%w%.]+") do
    local value = tonumber((string.gsub(token, "%.$", ""))) or NUMBERS[token]
    if value and not (found and NUMBERS[token] == 1) then
      if found then return nil end
      found = math.tointeger(value) or value
    end
  end
  return found
end

-- Is a word (or its stem) the name of a month or of a day?
function dates.is_date_word(word)
  if MONTHS[word] or WEEKDAYS[word] or RELATIVE[word] then return true end
  for _, ending in ipairs { "s", "e", "er", "en" } do
    local whole = word .. ending
    if MONTHS[whole] or WEEKDAYS[whole] or RELATIVE[whole] then return true end
  end
  return false
end

return dates
