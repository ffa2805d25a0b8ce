-- What a business has told about itself, by bot: read once in the life of a
-- state, indexed, and kept until a mail says that it has changed (see
-- actors/tenant.lua). Scripts may use it as `require "business"`.
local host = require "host"
local json = require "json"
local text = require "lib.text"
local time = require "lib.time"

local business = {}

local FILLED_MAX = 200 -- texts kept for each bot

local entries = {} -- cache: bot id -> entry; emptied by business.forget

-- entry: { id, name, settings, data = kind -> list of bodies, hours, frames, filled texts }
local function new_entry(bot, rows)
  local data = {}
  for _, row in ipairs(rows) do
    local list = data[row.kind] or {}
    list[#list + 1] = json.decode(row.body)
    data[row.kind] = list
  end
  local entry = {
    id = bot.id,
    name = bot.name,
    settings = json.decode(bot.settings or "{}") or {},
    data = data,
    frames = {},
    filled = {},
    filled_count = 0,
  }
  if data.hours then entry.hours = require("lib.hours").compile(data.hours[1]) end
  return entry
end

-- The entry of a bot; nil, message, code when the store cannot be read.
function business.of(id)
  local entry = entries[id]
  if entry then return entry end
  local bots, message, code = host.query "bot.list"
  if not bots then return nil, message, code end
  for _, bot in ipairs(bots) do
    if bot.id == id then
      local rows
      rows, message, code = host.query("dataset.all", id)
      if not rows then return nil, message, code end
      entry = new_entry(bot, rows)
      entries[id] = entry
      return entry
    end
  end
  return nil, "no bot " .. tostring(id), "not_found"
end

-- The same without waiting: nil while it was not read yet.
function business.known(id) return entries[id] end

function business.forget() entries = {} end

-- How far the business's zone is ahead of UTC at a moment, in ms; 0 when it
-- has no hours.
local function ahead(entry, ms)
  return (entry.hours and host.zone_offset(entry.hours.zone, ms) or 0) * time.MINUTE
end

-- Local time in the business's zone, in ms. at: UTC, now when left out.
local function local_now(entry, at)
  at = at or host.now()
  return at + ahead(entry, at)
end
business.local_time = local_now

-- And back; a time that the clocks skip is moved with them.
function business.from_local(entry, ms) return ms - ahead(entry, ms - ahead(entry, ms)) end

-- Today at the business, as days since 1970.
function business.today(id)
  local entry = business.of(id)
  return (entry and local_now(entry) or host.now()) // time.DAY
end

-- nil when the business has given no hours.
function business.open_now(id)
  local entry = business.of(id)
  if not entry or not entry.hours then return nil end
  return require("lib.hours").open_until(entry.hours, local_now(entry)) ~= nil
end

-- Minutes since midnight at the business; in UTC when it has told no zone.
function business.minute_of_day(id)
  local entry = business.of(id)
  return (entry and local_now(entry) or host.now()) % time.DAY // time.MINUTE
end

-- In how many ms it opens or closes; nil when that is not known.
function business.next_change(id)
  local entry = business.of(id)
  if not entry or not entry.hours then return nil end
  local hours, now = require "lib.hours", local_now(entry)
  local at = hours.open_until(entry.hours, now) or hours.next_opening(entry.hours, now)
  return at and math.max(business.from_local(entry, at) - host.now(), 0)
end

local function zone_offset(zone, at)
  local minutes = zone and host.zone_offset(zone, at)
  return minutes and minutes * time.MINUTE
end

-- "10:00–11:00", and the visitor's own time where that is another.
local function span_text(entry, span, zone, locale)
  local function clocks(from, to)
    local function clock(ms) return time.format_clock(ms % time.DAY // time.MINUTE) end
    return clock(from) .. "–" .. clock(to)
  end
  local said = clocks(span[1], span[2])
  local at = business.from_local(entry, span[1])
  local theirs = zone_offset(zone, at)
  if not theirs or at + theirs == span[1] then return said end
  return require("lib.phrases").say(
    locale,
    "your_time",
    said,
    clocks(at + theirs, at + theirs + span[2] - span[1])
  )
end

-- When it may be asked to call, from a day ("2026-11-27") on: { day, times = {
-- { value = "ms", label } } }; nil when it has given no hours or is closed.
function business.call_times(id, day, zone, locale)
  local entry = business.of(id)
  if not entry or not entry.hours then return nil end
  local days, spans = require("lib.call_times").find(entry.hours, time.parse_date(day), local_now(entry))
  if not days then return nil end
  local times = {}
  for _, span in ipairs(spans) do
    local at = business.from_local(entry, span[1])
    if local_now(entry, at) == span[1] then -- an hour that the clocks skip is not offered
      times[#times + 1] = { value = tostring(at), label = span_text(entry, span, zone, locale) }
    end
  end
  if not times[1] then return nil end
  return { day = time.format_date(days), times = times }
end

-- "tomorrow at 09:00", or nil.
function business.next_opening(id, locale)
  local entry = business.of(id)
  if not entry or not entry.hours then return nil end
  return require("lib.hours_text").next_opening(entry.hours, local_now(entry), locale)
end

-- The bot as the ready frame shows it: JSON text, kept for each language.
function business.bot_frame(id, locale)
  local entry, message, code = business.of(id)
  if not entry then return nil, message, code end
  local frame = entry.frames[locale]
  if not frame then
    local settings = entry.settings
    local takes = require("prelude.files").rules(settings)
    frame = json.encode {
      id = id,
      name = entry.name,
      theme = settings.theme,
      locale = locale,
      locales = settings.locales,
      greeting = text.pick(settings.greeting, locale),
      files = takes and { max_bytes = takes.bytes, types = json.array(takes.types) } or nil,
    }
    entry.frames[locale] = frame
  end
  return frame
end

-- What lib/facts computes from; nil, message, code when the store is away.
local function about(id, locale)
  local entry, message, code = business.of(id)
  if not entry then return nil, message, code end
  return {
    name = entry.name,
    data = entry.data,
    hours = entry.hours,
    now = local_now(entry),
    locale = locale,
    entry = entry,
  }
end

-- The text with its {placeholders} filled in; as it is while the store is
-- away. What does not depend on the time is kept.
function business.fill(id, s, locale)
  local entry = business.of(id)
  if not entry then return s end
  local key = locale .. s
  local filled = entry.filled[key]
  if filled then return filled end
  filled = require("lib.facts").fill(about(id, locale), s)
  if not string.find(s, "{hours.", 1, true) and entry.filled_count < FILLED_MAX then
    entry.filled[key], entry.filled_count = filled, entry.filled_count + 1
  end
  return filled
end

-- Stored questions and titled texts, in one index.
local function question_index(entry)
  if entry.index then return entry.index end
  local all = {}
  for _, faq in ipairs(entry.data.faq or {}) do
    all[#all + 1] = faq
  end
  for _, kind in ipairs { "text", "page", "file" } do
    for _, source in ipairs(entry.data[kind] or {}) do
      if source.text and (source.status or "ready") == "ready" then
        all[#all + 1] = { question = source.title or source.name, answer = source.text, source = source }
      end
    end
  end
  entry.index = require("lib.faq").index(all)
  return entry.index
end

local function blocks_of(facts_of, found)
  local answer = text.pick(found.answer, facts_of.locale)
  if string.find(answer, "{", 1, true) then answer = require("lib.facts").fill(facts_of, answer) end
  local list = { { kind = "text", text = answer } }
  local source = found.source
  if source and source.url then
    list[2] = {
      kind = "source",
      title = text.pick(source.title, facts_of.locale),
      url = source.url,
      text = text.pick(source.title, facts_of.locale) .. ": " .. source.url,
    }
  end
  return json.encode(json.array(list))
end

-- The answer to a question as the JSON text of its blocks, or nil: a stored
-- question that surely means it, else computed facts, else a likely one.
function business.answer(id, said, locale)
  local facts_of = said and about(id, locale)
  if not facts_of then return nil end
  local faq, folded = require "lib.faq", text.fold(said)
  local found, score = faq.find(question_index(facts_of.entry), folded)
  if found and score >= faq.SURE then return blocks_of(facts_of, found) end
  local entry = facts_of.entry
  entry.offers = entry.offers or require("lib.offers").index(entry.data)
  facts_of.offers = entry.offers
  local computed = require("lib.ask_facts").answer(facts_of, said, folded)
  if computed then return json.encode(json.array { { kind = "text", text = computed } }) end
  if found and score >= faq.ENOUGH then return blocks_of(facts_of, found) end
  return nil
end

return business
