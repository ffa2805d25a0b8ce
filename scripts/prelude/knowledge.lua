-- The `business` module of scripts: what the business has told, read-only.
-- Each call is a step, so a dialog that is run again sees what it saw.
local business = require "prelude.business"
local current = require "prelude.current"
local hours = require "lib.hours"
local hours_text = require "lib.hours_text"
local json = require "json"
local steps = require "prelude.steps"
local time = require "lib.time"

local knowledge = {}

local LIST_MAX, LIST_BYTES_MAX = 100, 32768
local HOLIDAYS_DAYS, HOLIDAYS_DAYS_MAX = 90, 400

-- The value of a step that reads the entry. An error of the store is one of
-- the script's: it ends the dialog with an apology.
local function step(name, read)
  local chat = current.get() or error(("business.%s works only while a chat is running"):format(name), 2)
  return steps.value(chat, "business." .. name, function()
    local entry, message = business.of(chat.self.b)
    if not entry then error(("business.%s: %s"):format(name, tostring(message)), 0) end
    return read(entry, chat)
  end)
end

-- The facts of one kind ("service", "product", "faq", ...): a list.
function knowledge.list(kind, options)
  return step("list", function(entry)
    local all, first = entry.data[kind] or {}, options and options.offset or 0
    local list = {}
    for i = first + 1, math.min(#all, first + (options and options.limit or LIST_MAX)) do
      list[#list + 1] = all[i]
    end
    local text = json.encode(json.array(list))
    if #text > LIST_BYTES_MAX then
      error(("business.list: these entries are more than %d bytes; use 'limit'"):format(LIST_BYTES_MAX), 0)
    end
    return json.decode(text) -- a copy: the entries are everybody's
  end)
end

-- A text with its {placeholders} filled in.
function knowledge.fill(text)
  return step("fill", function(entry, chat) return business.fill(entry.id, text, chat.self.l) end)
end

function knowledge.name()
  return step("name", function(entry) return entry.name end)
end

function knowledge.open_at(ms)
  return step("open_at", function(entry)
    if not entry.hours then return nil end
    return hours.open_until(entry.hours, business.local_time(entry, ms)) ~= nil
  end)
end

function knowledge.next_opening(ms)
  local found = step("next_opening", function(entry, chat)
    if not entry.hours then return nil end
    local after = business.local_time(entry, ms)
    local at = hours.next_opening(entry.hours, after)
    return at and { business.from_local(entry, at), hours_text.moment(at, after, chat.self.l) }
  end)
  if not found then return nil end
  return found[1], found[2]
end

-- A day as scripts see it.
local function day_of(entry, days, locale)
  local text = require "lib.text"
  local list, exception = hours.day(entry.hours, days)
  local open = json.array {}
  for i, shift in ipairs(list) do
    local last = shift[2] == 1440 and "24:00" or time.format_clock(shift[2])
    open[i] = { from = time.format_clock(shift[1]), to = last }
  end
  return {
    date = time.format_date(days),
    open = open,
    name = exception and text.pick(exception.name, locale) or nil,
  }
end

function knowledge.hours_on(date)
  return step("hours_on", function(entry, chat)
    local days = date and time.parse_date(date) or business.today(entry.id)
    return entry.hours and day_of(entry, days, chat.self.l) or nil
  end)
end

function knowledge.holidays(days)
  return step("holidays", function(entry, chat)
    local list, today = json.array {}, business.today(entry.id)
    if not entry.hours then return list end
    for ahead = 0, math.min(days or HOLIDAYS_DAYS, HOLIDAYS_DAYS_MAX) do
      if hours.exception(entry.hours, today + ahead) then
        list[#list + 1] = day_of(entry, today + ahead, chat.self.l)
      end
    end
    return list
  end)
end

function knowledge.today()
  return step("today", function(entry) return time.format_date(business.today(entry.id)) end)
end

return knowledge
