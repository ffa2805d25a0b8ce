-- Answers questions from structured facts by computing them: hours of a day,
-- open at a time, address, prices of what is offered, people and links.
-- `about` as in lib/facts. Pure.
local dates = require "lib.dates"
local facts = require "lib.facts"
local hours = require "lib.hours"
local hours_text = require "lib.hours_text"
local intents = require "lib.intents"
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
    return dates.clock(said)
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

-- How well a name is meant by the question: 0, or the share of the name's
-- words that were said, when nothing else of weight was.
local function name_score(name, stems)
  local said, hit, strange = {}, 0, 0
  for _, stem in ipairs(stems) do
    said[stem] = true
  end
  local parts, part_of = words.content(text.fold(name)), {}
  for _, part in ipairs(parts) do
    part_of[part] = true
    if said[part] then hit = hit + 1 end
  end
  for _, stem in ipairs(stems) do
    if not part_of[stem] and not intents.beside[stem] then strange = strange + 1 end
  end
  if hit == 0 or strange > 1 or strange >= hit then return 0 end
  return hit / #parts
end

local function best_offer(about, stems)
  local best, best_score = nil, 0.49
  for _, kind in ipairs { "service", "product" } do
    for _, offer in ipairs(about.data[kind] or {}) do
      local names = type(offer.name) == "table" and offer.name or { offer.name }
      for _, name in pairs(names) do
        local score = name_score(name, stems)
        if score > best_score then
          best, best_score = offer, score
        end
      end
    end
  end
  return best
end

local function answer_offer(about, stems)
  local offer = best_offer(about, stems)
  if not offer then return nil end
  local description = text.pick(offer.description, about.locale)
  return "**" .. facts.offer_line(about, offer) .. "**" .. (description and "\n" .. description or "")
end

local function answer_custom(about, stems)
  for _, field in ipairs(about.data.custom or {}) do
    local names = type(field.name) == "table" and field.name or { field.name }
    for _, name in pairs(names) do
      if name_score(name, stems) >= 0.5 then
        return text.pick(field.name, about.locale) .. ": " .. text.pick(field.value, about.locale)
      end
    end
  end
  return nil
end

-- Is everything that was said about the contact, or about nothing?
local function bare(stems, found, names)
  local known = 0
  for _, name in ipairs(names) do
    known = known + (found[name] or 0)
  end
  return #stems <= known + 2
end

-- The answer to a question, or nil when the facts do not hold it.
function ask_facts.answer(about, said, folded)
  local found, all = intents.of(folded)
  local stems = words.content(folded)
  if found.hours and (only_when(folded) or bare(stems, found, { "hours" }) or dates.day(folded, said, 0)) then
    return answer_hours(about, said, folded)
  end
  if dates.day(folded, said, 0) and only_when(folded) then return answer_hours(about, said, folded) end
  if found.social then return answer_social(about, all) end
  if found.email and bare(stems, found, { "email" }) then
    return facts.placeholders["contact.email"](about)
  end
  if (found.phone or found.call) and bare(stems, found, { "phone", "call" }) then
    return facts.placeholders["contact.phone"](about)
  end
  if found.web and bare(stems, found, { "web" }) then return facts.placeholders["contact.website"](about) end
  if found.place and bare(stems, found, { "place", "find_us" }) and #stems <= 2 then
    return answer_place(about)
  end
  if found.owner and bare(stems, found, { "owner" }) then return answer_owner(about) end
  local offer = answer_offer(about, stems) or answer_custom(about, stems)
  if offer then return offer end
  if found.services and bare(stems, found, { "services" }) then
    return facts.placeholders["services.all"](about)
  end
  if found.products and bare(stems, found, { "products" }) then
    return facts.placeholders["products.all"](about)
  end
  return nil
end

return ask_facts
