-- Answers questions from structured facts by computing them: hours of a day,
-- open at a time, address, prices of what is offered, people and links.
-- `about` as in lib/facts, and about.offers, an index of lib/offers. Pure.
local clocks = require "lib.clocks"
local dates = require "lib.dates"
local facts = require "lib.facts"
local hours = require "lib.hours"
local hours_text = require "lib.hours_text"
local intents = require "lib.intents"
local offers = require "lib.offers"
local text = require "lib.text"
local time = require "lib.time"
local words = require "lib.words"

local ask_facts = {}

local lang = {
  en = {
    yes_at = "Yes, on %s we are open. %s",
    no_at = "No, on %s we are closed. %s",
    owner = "%s is run by %s.",
    at = "%s: %s",
    open_at = "%s at %s",
  },
  de = {
    yes_at = "Ja, am %s haben wir geöffnet. %s",
    no_at = "Nein, am %s haben wir geschlossen. %s",
    owner = "%s wird geführt von %s.",
    at = "%s: %s",
    open_at = "%s um %s",
  },
}

local function l_of(about) return lang[about.locale] or lang.en end
-- Does a text say nothing but when? "Sunday?", "and tomorrow", "25 December"
local function only_when(folded)
  for _, stem in ipairs(words.content(folded)) do
    local known = intents.when[stem] or dates.is_date_word(stem) or string.find(stem, "^%d+%a?%a?$")
    if not known then return false end
  end
  return folded ~= ""
end

-- A time that is clearly one: "9 pm", "21:00", "21 uhr".
local function clock_of(said)
  local s = string.lower(said)
  if string.find(s, "%d%s*[ap]%.?m") or string.find(s, "%d:%d%d") or string.find(s, "%d%s*uhr") then
    return clocks.read(said)
  end
  return nil
end

local function answer_hours(about, said, folded)
  if not about.hours then return nil end
  local today = about.now // time.DAY
  local days, clock = dates.day(folded, said, today), clock_of(said)
  if clock then
    local l = l_of(about)
    local at = (days or today) * time.DAY + clock * time.MINUTE
    local open = hours.open_until(about.hours, at) ~= nil
    local when = l.open_at:format(hours_text.date(days or today, about.locale), time.format_clock(clock))
    return (open and l.yes_at or l.no_at):format(
      when,
      hours_text.day(about.hours, days or today, about.locale)
    )
  end
  if days == today or (not days and string.find(" " .. folded .. " ", " now ", 1, true)) then
    return hours_text.today(about.hours, about.now, about.locale)
  end
  if days then return hours_text.day(about.hours, days, about.locale) end
  return hours_text.today(about.hours, about.now, about.locale)
    .. "\n\n"
    .. hours_text.week(about.hours, about.locale)
end

local function answer_place(about)
  local address = about.data.address and about.data.address[1]
  if not address then return nil end
  local lines = { facts.address_line(address), text.pick(address.directions, about.locale) }
  for _, location in ipairs(about.data.location or {}) do
    lines[#lines + 1] =
      l_of(about).at:format(text.pick(location.name, about.locale), facts.address_line(location.address))
  end
  if address.map then lines[#lines + 1] = address.map.url end
  return table.concat(lines, "\n")
end

local function answer_owner(about)
  local owner = about.data.owner and about.data.owner[1]
  if not owner then return nil end
  local s = l_of(about).owner:format(facts.placeholders["business.name"](about), owner.name)
  local bio = text.pick(owner.about, about.locale)
  return bio and s .. " " .. bio or s
end

local function answer_social(about, all)
  local list, named = about.data.social, {}
  if not list then return nil end
  for _, link in ipairs(list) do
    for _, stem in ipairs(all) do
      if words.stem(string.lower(link.network)) == stem then named[#named + 1] = link.url end
    end
  end
  if #named == 0 then
    for i, link in ipairs(list) do
      named[i] = link.url
    end
  end
  return table.concat(named, "\n")
end

-- What is offered under a name: its line and description; or a custom field.
local function answer_named(about, stems)
  local kind, thing = offers.find(about.offers, stems)
  if not kind then return nil end
  if kind == "custom" then
    return text.pick(thing.name, about.locale) .. ": " .. text.pick(thing.value, about.locale)
  end
  local description = text.pick(thing.description, about.locale)
  return "**" .. facts.offer_line(about, thing) .. "**" .. (description and "\n" .. description or "")
end

-- Facts that are one value, by intent: said when nothing else is asked.
local simple = {
  { { "email" }, function(about) return facts.placeholders["contact.email"](about) end },
  { { "phone", "call" }, function(about) return facts.placeholders["contact.phone"](about) end },
  { { "web" }, function(about) return facts.placeholders["contact.website"](about) end },
  { { "place", "find_us" }, answer_place },
  { { "owner" }, answer_owner },
}

local lists = {
  { { "services" }, function(about) return facts.placeholders["services.all"](about) end },
  { { "products" }, function(about) return facts.placeholders["products.all"](about) end },
}

local function answer_simple(about, table_of, found, stems)
  for _, entry in ipairs(table_of) do
    for _, name in ipairs(entry[1]) do
      if found[name] and name ~= "find_us" and intents.only(stems, entry[1]) then return entry[2](about) end
    end
  end
  return nil
end

-- The answer to a question, or nil when the facts do not hold it.
function ask_facts.answer(about, said, folded)
  local found, all = intents.of(folded)
  local stems = words.content(folded)
  local when = dates.day(folded, said, 0) ~= nil
  if (when and only_when(folded)) or (found.hours and (when or #stems <= found.hours + 2)) then
    return answer_hours(about, said, folded)
  end
  if found.social then return answer_social(about, all) end
  return answer_simple(about, simple, found, stems)
    or answer_named(about, stems)
    or answer_simple(about, lists, found, stems)
end

return ask_facts
