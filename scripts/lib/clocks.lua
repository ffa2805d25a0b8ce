-- Times of day as people write them, in English and German. Pure.
local clocks = {}

local HOURS = {}
do
  local words = [[one two three four five six seven eight nine ten eleven twelve
    eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf]]
  local n = 0
  for word in string.gmatch(words, "%S+") do
    HOURS[word] = tostring(n % 12 + 1)
    n = n + 1
  end
end

-- Words before the hour, and the minutes that they add to it.
local PARTS = {
  { "half past%s*(%d%d?)", 30 },
  { "quarter past%s*(%d%d?)", 15 },
  { "quarter to%s*(%d%d?)", -15 },
  { "halb%s*(%d%d?)", -30 },
  { "viertel nach%s*(%d%d?)", 15 },
  { "viertel vor%s*(%d%d?)", -15 },
}

local function hour_of(said)
  for _, part in ipairs(PARTS) do
    local hour = string.match(said, part[1])
    if hour then return hour, part[2] end
  end
  local hour, minute = string.match(said, "(%d%d?)[:%.](%d%d)")
  if not hour then
    hour, minute = string.match(said, "(%d%d?)%s*uhr%s*(%d%d)")
  end
  if hour then return hour, tonumber(minute) end
  hour = string.match(said, "(%d%d?)%s*uhr")
    or string.match(said, "(%d%d?)%s*[ap]%.?m")
    or string.match(said, "^%D*(%d%d?)%D*$")
  return hour, 0
end

-- "19:30", "7 pm", "7.30pm", "19 uhr 30", "half past seven pm", "noon" -> minutes
-- of the day; nil when it is none.
function clocks.read(said)
  local s = string.gsub(string.lower(said), "[%a\x80-\xff]+", HOURS)
  if string.find(s, "noon", 1, true) and not string.find(s, "afternoon", 1, true) then return 720 end
  if string.find(s, "mittag", 1, true) and not string.find(s, "nachmittag", 1, true) then return 720 end
  if string.find(s, "midnight", 1, true) or string.find(s, "mitternacht", 1, true) then return 0 end
  local hour, minute = hour_of(s)
  hour = tonumber(hour)
  if not hour or hour > 23 or minute > 59 then return nil end
  local late = string.find(s, "%f[%a\x80-\xff]p%.?m") or string.find(s, "%dp%.?m")
  late = late or string.find(s, "abends", 1, true) or string.find(s, "nachmittags", 1, true)
  late = late or string.find(s, "afternoon", 1, true) or string.find(s, "evening", 1, true)
  if late and hour < 12 then hour = hour + 12 end
  if hour == 12 and (string.find(s, "%f[%a]a%.?m") or string.find(s, "%da%.?m")) then hour = 0 end
  return (hour * 60 + minute) % 1440
end

return clocks
