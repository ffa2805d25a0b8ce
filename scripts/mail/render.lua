-- A mail from its template: words in a language, facts as text and HTML, the
-- header fields that follow. Nothing is sent or stored here.
--
-- A view, as templates return it: { subject, title, intro = { text },
--   facts = { { label, value } }, quote = text, button = { label, url },
--   sections = { { title, items = { { text, detail } } } },
--   messages = { { who, text, at } }, reply_to = address, file = name }
local host = require "host"
local brand = require "mail.brand"
local formats = require "api.formats"
local html = require "mail.html"
local message = require "mail.message"
local plain = require "mail.plain"
local text = require "lib.text"
local time = require "lib.time"

local render = {}

render.languages = { "en", "de", "fr", "es", "it", "ar" }
render.kinds = { "lead", "callback", "ticket", "ticket_message", "handover", "webhook", "script" }

local FACTS_MAX, VALUE_MAX, QUOTE_MAX, SUBJECT_MAX, PREVIEW_MAX = 20, 500, 8000, 150, 140

local LABELS = { name = true, email = true, phone = true, subject = true }

function render.language(tag) return text.language(tag, render.languages) or "en" end

local function words_of(language) return require("mail.words." .. language) end
render.words = words_of
local function template_of(kind) return require("mail.templates." .. kind) end

local function value_text(value)
  if type(value) == "table" then
    local parts = {}
    for i, one in ipairs(value) do
      parts[i] = tostring(one)
    end
    return table.concat(parts, ", ")
  end
  return tostring(value)
end

-- "first_name" -> "First name": forms of clients have fields of their own.
local function label_of(c, name)
  if LABELS[name] then return c.say("label_" .. name) end
  return (string.gsub(string.gsub(text.cut(name, 40), "_", " "), "^%l", string.upper))
end

local function contact(c, d)
  local facts, fields = {}, type(d.fields) == "table" and d.fields or {}
  for _, name in ipairs { "name", "email", "phone", "subject" } do
    local value = d[name] or fields[name]
    if value then facts[#facts + 1] = { label_of(c, name), c.cut(value_text(value), VALUE_MAX) } end
  end
  for name, value in pairs(fields) do
    local known = LABELS[name] or name == "message"
    if not known and #facts < FACTS_MAX then
      facts[#facts + 1] = { label_of(c, name), c.cut(value_text(value), VALUE_MAX) }
    end
  end
  return facts
end

-- What templates are handed. about: { language, business, bot, zone }
local function context(about)
  local words = words_of(about.language)
  local c = { business = about.business or brand.name, bot = about.bot or about.business or brand.name }
  function c.say(name, ...)
    local s = words[name] or error("mail: there are no words '" .. name .. "'", 2)
    return select("#", ...) > 0 and s:format(...) or s
  end
  c.cut = text.cut
  local function local_time(at)
    local ms = type(at) == "string" and formats.parse_time(at) or at
    if not ms then return nil end
    return time.civil(ms + (about.zone and host.zone_offset(about.zone, ms) or 0) * time.MINUTE)
  end
  function c.clock(at)
    local t = local_time(at)
    return t and ("%02d:%02d"):format(t.hour, t.minute)
  end
  function c.moment(at)
    local t = local_time(at)
    return t and words.date:format(t.day, words.months[t.month], t.year) .. ", " .. c.clock(at)
  end
  function c.who(d)
    local fields = type(d.fields) == "table" and d.fields or {}
    return c.cut(value_text(d.name or fields.name or d.email or d.phone or words.a_visitor), 80)
  end
  function c.reach(d) return d.email or d.phone end
  function c.number(d) return d.number and tostring(d.number) or "–" end
  function c.contact(d) return contact(c, d) end
  function c.link(path)
    local base = host.setting "public_url"
    return base and base ~= "" and base .. path or nil
  end
  return c
end

local function footer_of(c, about)
  local lines = { about.why and about.why(c) or nil }
  if about.stop_url then lines[#lines + 1] = { label = c.say "footer_stop", url = about.stop_url } end
  if brand.footer then lines[#lines + 1] = brand.footer end
  return lines[1] and lines or nil
end

local function one_line(view) return message.line(view.quote or (view.intro or {})[1] or "", PREVIEW_MAX) end

-- kind: a template; data: what it is about; about: { language, business, bot,
-- zone, why = function(c), stop_url }. { subject, text, html, reply_to, file, from_name }
function render.mail(kind, data, about)
  local words = words_of(about.language)
  local c = context(about)
  local view = template_of(kind).view(c, data)
  view.subject = message.line(view.subject, SUBJECT_MAX)
  view.quote = view.quote and c.cut(value_text(view.quote), QUOTE_MAX)
  view.from = c.bot
  view.footer = footer_of(c, about)
  view.preview = one_line(view)
  return {
    subject = view.subject,
    text = plain.render(view),
    html = html.render(view, { code = words.code, rtl = words.rtl }),
    reply_to = view.reply_to,
    file = view.file,
  }
end

-- The line of a summary: { text, detail }.
function render.line(kind, data, about)
  local c = context(about)
  local line = template_of(kind).line(c, data)
  return { c.cut(line[1], 300), line[2] and c.cut(line[2], 300) or nil }
end

-- Words outside of templates: pages, lists of kinds.
function render.say(language, name, ...)
  local s = words_of(language)[name]
  return select("#", ...) > 0 and s:format(...) or s
end

function render.is_rtl(language) return words_of(language).rtl == true end

return render
