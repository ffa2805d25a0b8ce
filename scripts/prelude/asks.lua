-- The questions of the chat API. Each maker gives two functions: prompt(chat)
-- shows the question, check(input, chat) gives the value, or nil and the text
-- that asks again; and the options, which are also the rule of prelude/dialog.
-- Checks are pure, so a replay needs none of them.
local json = require "json"
local business = require "prelude.business"
local clocks = require "lib.clocks"
local dates = require "lib.dates"
local hours_text = require "lib.hours_text"
local phrases = require "lib.phrases"
local show = require "prelude.show"
local text = require "lib.text"
local time = require "lib.time"
local transcript = require "prelude.transcript"

local asks = {}

local TEXT_MAX, CHOICES_MAX = 500, 25

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
  local max = options and options.max or TEXT_MAX
  return prompt_of(question),
    function(input, chat)
      local value = said(input)
      if not value then return again(chat, "ask_text") end
      if text.length(value) > max then return again(chat, "ask_text_long", max) end
      return value
    end,
    options
end

-- choices: a list of texts or of { value =, label = }
function asks.choice(chat, question, choices, options)
  local list = {}
  for i, option in ipairs(choices) do
    if type(option) ~= "table" or option.value == nil then
      option = { value = text.pick(option, "en"), label = option }
    end
    list[i] = { value = tostring(option.value), label = text.pick(option.label or option.value, chat.self.l) }
  end
  if #list == 0 then error("chat:ask_choice: the list of choices is empty", 3) end
  if #list > CHOICES_MAX then error(("chat:ask_choice: at most %d choices"):format(CHOICES_MAX), 3) end
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
    end,
    options
end

-- A number as people write it in their language.
local function shown_number(value, l)
  if not value or l ~= "de" then return value end
  return (string.gsub(tostring(value), "%.", ","))
end

local function number_range(chat, options)
  local l = chat.self.l
  local min, max = shown_number(options.min, l), shown_number(options.max, l)
  if min and max then return again(chat, "ask_number_range", min, max) end
  if min then return again(chat, "ask_number_min", min) end
  if max then return again(chat, "ask_number_max", max) end
  return again(chat, "ask_number")
end

-- options: min, max, fraction = true for numbers that are not whole
function asks.number(_, question, options)
  options = options or {}
  return prompt_of(question),
    function(input, chat)
      local value = dates.number(said(input) or "", chat.self.l)
      if not value then return again(chat, "ask_number") end
      if not options.fraction and math.type(value) ~= "integer" then
        return again(chat, "ask_number_whole")
      end
      if (options.min and value < options.min) or (options.max and value > options.max) then
        return number_range(chat, options)
      end
      return value
    end,
    options
end

local function date_range(chat, options)
  local l = chat.self.l
  local min = options.min and hours_text.date(time.parse_date(options.min), l)
  local max = options.max and hours_text.date(time.parse_date(options.max), l)
  if min and max then return again(chat, "ask_date_range", min, max) end
  if min then return again(chat, "ask_date_min", min) end
  return again(chat, "ask_date_max", max)
end

-- options: past = true, min and max as "2026-12-31"
function asks.date(_, question, options)
  options = options or {}
  return prompt_of(question),
    function(input, chat)
      local today = business.today(chat.self.b)
      local days = dates.day(text.fold(said(input) or ""), said(input) or "", today)
      if not days then return again(chat, "ask_date") end
      if days < today and not options.past then return again(chat, "ask_date_past") end
      local value = time.format_date(days)
      if (options.min and value < options.min) or (options.max and value > options.max) then
        return date_range(chat, options)
      end
      return value
    end,
    options
end

local function clock_range(chat, options)
  return again(chat, "ask_time_range", options.min or "00:00", options.max or "24:00")
end

-- options: min and max as "19:30"
function asks.time(_, question, options)
  options = options or {}
  return prompt_of(question),
    function(input, chat)
      local minutes = clocks.read(said(input) or "")
      if not minutes then return again(chat, "ask_time") end
      local value = time.format_clock(minutes)
      if (options.min and value < options.min) or (options.max and value > options.max) then
        return clock_range(chat, options)
      end
      return value
    end,
    options
end

-- Shown as stars, which send a form; a number or its word will do, too.
function asks.rating(_, question, max)
  local function prompt(chat)
    show.block(chat.self, { kind = "rating", text = question, form = "rating", max = max })
  end
  return prompt,
    function(input, chat)
      local given = input.type == "form" and input.form == "rating" and input.fields.rating
      local value = dates.number(given and tostring(given) or said(input) or "", chat.self.l)
      if math.type(value) ~= "integer" or value < 1 or value > max then
        return again(chat, "ask_number_range", 1, max)
      end
      input.shown = string.rep("★", value)
      return value
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

function asks.email(_, question, options)
  return prompt_of(question),
    function(input, chat)
      local value = said(input)
      if not value or not asks.is_email(value) then return again(chat, "ask_email") end
      return value
    end,
    options
end

function asks.phone(_, question, options)
  return prompt_of(question),
    function(input, chat)
      local value = said(input)
      if not value or not asks.is_phone(value) then return again(chat, "ask_phone") end
      return value
    end,
    options
end

local MB <const> = 1024 * 1024

local function fits(types, kind)
  if not types then return true end
  for _, allowed in ipairs(types) do
    local family = string.match(allowed, "^(.*/)%*$")
    if allowed == kind or (family and string.sub(kind, 1, #family) == family) then return true end
  end
  return false
end

local FILE_TYPES =
  { ["image/*"] = "file_image", ["application/pdf"] = "file_pdf", ["text/plain"] = "file_text" }

-- "a picture, a PDF or text/csv"
local function type_names(types, l)
  local names = {}
  for i, kind in ipairs(types) do
    names[i] = FILE_TYPES[kind] and phrases.say(l, FILE_TYPES[kind]) or kind
  end
  return text.list(names, phrases.say(l, "or"))
end

-- options: types as the bot's settings have them ("image/*"), max_mb. What the
-- bot does not take at all was refused before it came here (prelude/files).
function asks.file(_, question, options)
  options = options or {}
  local types, max_mb = options.types, options.max_mb
  local function prompt(chat)
    local accept = types and json.array(table.move(types, 1, #types, 1, {}))
    show.block(chat.self, { kind = "upload", text = question, accept = accept, max_mb = max_mb })
  end
  return prompt,
    function(input, chat)
      local file = input.file or input.sent
      if input.type ~= "file" or not file then return again(chat, "ask_file") end
      if not fits(types, file.type) then
        return again(chat, "ask_file_type", type_names(types, chat.self.l))
      end
      if max_mb and file.size > max_mb * MB then return again(chat, "ask_file_size", tostring(max_mb)) end
      return {
        id = file.id,
        name = file.title,
        type = file.type,
        size = file.size,
        width = file.width,
        height = file.height,
        url = file.url,
      }
    end,
    options
end

return asks
