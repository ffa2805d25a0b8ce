-- The questions of the chat API. Each maker gives two functions: prompt(chat)
-- shows the question, check(input, chat) gives the value, or nil and the text
-- that asks again. Checks are pure, so a replay needs none of them.
local business = require "prelude.business"
local dates = require "lib.dates"
local phrases = require "lib.phrases"
local show = require "prelude.show"
local text = require "lib.text"
local time = require "lib.time"
local transcript = require "prelude.transcript"

local asks = {}

local function prompt_of(question)
  return function(chat) transcript.say(chat.self, question) end
end

-- What the visitor wrote or picked, trimmed; nil for a form or an empty text.
local function said(input)
  local value = input.text or input.value
  value = value and text.trim(value)
  return value ~= "" and value or nil
end

local function again(chat, name, ...) return nil, phrases.say(chat.self.l, name, ...) end

function asks.text(_, question, options)
  local max = options.max or 500
  return prompt_of(question),
    function(input, chat)
      local value = said(input)
      if not value then return again(chat, "ask_text") end
      if text.length(value) > max then return again(chat, "ask_text_long", max) end
      return value
    end
end

-- options: a list of texts or of { value =, label = }
function asks.choice(chat, question, options)
  local list = {}
  for i, option in ipairs(options) do
    if type(option) ~= "table" or option.value == nil then
      option = { value = text.pick(option, "en"), label = option }
    end
    list[i] = { value = tostring(option.value), label = text.pick(option.label or option.value, chat.self.l) }
  end
  if #list == 0 then error("ask_choice needs a list of choices", 3) end
  local function prompt(c) show.choices(c.self, question, list) end
  return prompt,
    function(input, c)
      local folded = text.fold(said(input) or "")
      for i, option in ipairs(list) do
        if input.value == option.value or folded == text.fold(option.label) or folded == tostring(i) then
          input.shown = option.label
          return option.value
        end
      end
      local labels = {}
      for i, option in ipairs(list) do
        labels[i] = option.label
      end
      local text_of = phrases.say(c.self.l, "ask_choice", text.list(labels, phrases.say(c.self.l, "or")))
      return nil, function() show.choices(c.self, text_of, list) end
    end
end

local function number_range(chat, options)
  local min, max = options.min, options.max
  if min and max then return again(chat, "ask_number_range", min, max) end
  if min then return again(chat, "ask_number_min", min) end
  if max then return again(chat, "ask_number_max", max) end
  return again(chat, "ask_number")
end

-- options: min, max, fraction = true for numbers that are not whole
function asks.number(_, question, options)
  return prompt_of(question),
    function(input, chat)
      local value = dates.number(said(input) or "", chat.self.l)
      if not value or (not options.fraction and math.type(value) ~= "integer") then
        return again(chat, "ask_number")
      end
      if (options.min and value < options.min) or (options.max and value > options.max) then
        return number_range(chat, options)
      end
      return value
    end
end

-- options: past = true, min and max as "2026-12-31"
function asks.date(_, question, options)
  return prompt_of(question),
    function(input, chat)
      local today = business.today(chat.self.b)
      local days = dates.day(text.fold(said(input) or ""), said(input) or "", today)
      if not days then return again(chat, "ask_date") end
      if days < today and not options.past then return again(chat, "ask_date_past") end
      local value = time.format_date(days)
      if (options.min and value < options.min) or (options.max and value > options.max) then
        return again(chat, "ask_date_range", options.min or value, options.max or value)
      end
      return value
    end
end

function asks.time(_, question)
  return prompt_of(question),
    function(input, chat)
      local minutes = dates.clock(said(input) or "")
      if not minutes then return again(chat, "ask_time") end
      return time.format_clock(minutes)
    end
end

-- Shape only: whether it exists is found out by writing to it.
function asks.is_email(s)
  local name, domain = string.match(s, "^([%w%.!#%$%%&'%*%+/=%?%^_`{|}~%-]+)@([%w%.%-]+%.%a%a+)$")
  return name ~= nil
    and #s <= 254
    and #name <= 64
    and not string.find(s, "..", 1, true)
    and not string.find(domain, "^[%.%-]")
    and not string.find(domain, "%-%.")
end

function asks.is_phone(s)
  local digits = string.gsub(s, "[%s%-%./%(%)]", "")
  return string.find(digits, "^%+?%d+$") ~= nil and #digits >= 6 and #digits <= 16
end

function asks.email(_, question)
  return prompt_of(question),
    function(input, chat)
      local value = said(input)
      if not value or not asks.is_email(value) then return again(chat, "ask_email") end
      return value
    end
end

function asks.phone(_, question)
  return prompt_of(question),
    function(input, chat)
      local value = said(input)
      if not value or not asks.is_phone(value) then return again(chat, "ask_phone") end
      return value
    end
end

return asks
