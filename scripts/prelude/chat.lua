-- The chat API that `run` functions and event handlers get. Each function is
-- a step of the dialog (prelude/steps.lua): effects happen once, values are
-- the same when the dialog is replayed. What scripts see of it, and what they
-- may hand to it, is prelude/api's; the functions here take the inner chat.
local host = require "host"
local asks = require "prelude.asks"
local business = require "prelude.business"
local catalogue = require "prelude.catalogue"
local conditions = require "prelude.conditions"
local dialog = require "prelude.dialog"
local events = require "prelude.events"
local export = require "prelude.export"
local form = require "prelude.form"
local forms = require "prelude.forms"
local handover = require "prelude.handover"
local hours_text = require "lib.hours_text"
local json = require "json"
local languages = require "prelude.language"
local phrases = require "lib.phrases"
local show = require "prelude.show"
local steps = require "prelude.steps"
local text = require "lib.text"
local tickets = require "prelude.tickets"
local time = require "lib.time"
local transcript = require "prelude.transcript"

local api = {}

local VARIABLE_BYTES_MAX, VARIABLES_MAX = 1000, 50

-- The pattern filled in; values may be texts for each language.
local function filled(chat, pattern, ...)
  local values = table.pack(...)
  for i = 1, values.n do
    if type(values[i]) == "table" then values[i] = text.pick(values[i], chat.self.l) end
  end
  local ok, result = pcall(string.format, pattern, table.unpack(values, 1, values.n))
  if not ok then
    error(
      ("the text '%s' does not fit its values: %s"):format(
        text.cut(pattern, 40),
        (string.gsub(result, "^.-%((.*)%)$", "%1"))
      ),
      3
    )
  end
  return result
end

-- The text of a script: localised, formatted when there are values, else
-- with its {placeholders} filled in.
local function render(chat, value, ...)
  if select("#", ...) > 0 then return filled(chat, text.pick(value, chat.self.l), ...) end
  return show.fill(chat.self, value)
end

function api.say(chat, value, ...)
  local s = render(chat, value, ...)
  if steps.effect(chat, "say", s) then transcript.say(chat.self, s) end
end

function api.show(chat, name)
  if not chat.registry.menus[name] then error(("there is no menu '%s'"):format(name), 2) end
  if steps.effect(chat, "show", name) then show.menu(chat.self, chat.registry, name) end
end

function api.block(chat, block)
  if type(block.kind) ~= "string" then error("chat:block: a block needs a kind", 2) end
  if steps.effect(chat, "block") then show.block(chat.self, block) end
end

local function asker(kind)
  return function(chat, question, ...)
    local prompt, check, options = asks[kind](chat, render(chat, question), ...)
    return dialog.ask(chat, "ask_" .. kind, prompt, check, options or {})
  end
end

for _, kind in ipairs { "text", "choice", "number", "date", "time", "email", "phone", "file" } do
  api["ask_" .. kind] = asker(kind)
end
api.ask = api.ask_text

function api.rating(chat, question, options)
  options = options or {}
  local max = options.max or 5
  if max < 2 or max > 10 then error("chat:rating: 'max' must be from 2 to 10", 2) end
  local prompt, check = asks.rating(chat, render(chat, question), max)
  local function keep(c, value) form.store(c.self, "rating", { rating = value, max = max }) end
  return dialog.ask(chat, "rating", prompt, check, form.rule(options, keep))
end

function api.form(chat, spec)
  if type(spec) == "string" then
    spec = forms.for_dialog(chat.self, spec) or error(("chat:form: there is no form '%s'"):format(spec), 2)
  end
  local prompt, check, store = form.new(chat, spec)
  return dialog.ask(chat, "form", prompt, check, form.rule(spec, store))
end

function api.answer(chat, question)
  return steps.value(chat, "answer", function()
    local known = business.answer(chat.self.b, question, chat.self.l)
    if known then transcript.reply(chat.self, known) end
    return known ~= nil
  end)
end

function api.handover(chat, reason)
  if steps.effect(chat, "handover", reason) then handover.begin(chat.self, reason or "asked") end
end

function api.end_chat(chat)
  if not steps.effect(chat, "end_chat") then return end
  handover.set_status(chat.self, "closed")
  events.raise(chat.self, "conversation.closed", { conversation = chat.self.k })
end

function api.set(chat, name, value)
  if type(value) == "string" and #value > VARIABLE_BYTES_MAX then
    error(("chat:set: the text is longer than %d bytes"):format(VARIABLE_BYTES_MAX), 2)
  end
  local own, count = chat.self, 0
  for _ in pairs(own.x or {}) do
    count = count + 1
  end
  if value ~= nil and count >= VARIABLES_MAX and own.x[name] == nil then
    error(("chat:set: a conversation keeps at most %d names"):format(VARIABLES_MAX), 2)
  end
  if not steps.effect(chat, "set", name) then return end
  own.x = own.x or {}
  own.x[name] = value
  own.z = true
end

function api.get(chat, name)
  return steps.value(chat, "get", function() return chat.self.x and chat.self.x[name] end)
end

function api.set_locale(chat, language)
  if not languages.of(chat.self.b, language) or #language ~= 2 then
    error(
      ("chat:set_locale: there are no phrases in '%s' (there are: %s)"):format(
        language,
        table.concat(phrases.languages, ", ")
      ),
      2
    )
  end
  local own = chat.self
  chat.public.locale = language
  if not steps.effect(chat, "set_locale") then return end
  chat.locale = chat.locale or own.l -- a replay begins in that language again
  if own.d then own.d.l = own.d.l or chat.locale end
  own.l, own.lx, own.z = language, true, true
end

function api.now(chat)
  return steps.value(chat, "now", function() return host.now() end)
end

function api.random(chat, low, high)
  if high < low then error("chat:random: 'high' is less than 'low'", 2) end
  return steps.value(
    chat,
    "random",
    function() return low + (string.unpack("<I7", host.random(7)) % (high - low + 1)) end
  )
end

function api.is_open(chat)
  return steps.value(chat, "is_open", function() return business.open_now(chat.self.b) end)
end

-- Its steps follow this one's.
function api.go(chat, name)
  local command = chat.registry.commands[name]
  if chat.rehearsal and command and chat.i >= chat.upto then
    require("prelude.rehearsal").note("command", name)
  end
  if command and command.run then return command.run(chat.public, chat.public.args) end
  if command and command.say then return api.say(chat, command.say) end
  if command then return api.go(chat, command.show or command.go) end
  if not chat.registry.menus[name] then error(("there is no command or menu '%s'"):format(name), 2) end
  if steps.effect(chat, "show", name) then show.menu(chat.self, chat.registry, name) end
end

function api.submit(chat, name, fields)
  if steps.effect(chat, "submit", name) then form.store(chat.self, name, fields) end
end

-- Keeps what the business follows up; the id is logged, so it is kept once.
local function keeper(kind, fault_of)
  return function(chat, fields)
    local fault = fault_of(fields)
    if fault then error(("chat:%s: %s"):format(kind, fault), 2) end
    return steps.value(chat, kind, function() return (form.store(chat.self, kind, fields)) end)
  end
end

local function email_fault(fields)
  if fields.email and not asks.is_email(fields.email) then
    return ("'%s' is not an e-mail address"):format(text.cut(fields.email, 40))
  end
  return nil
end

local function phone_fault(fields)
  if fields.phone and not asks.is_phone(fields.phone) then
    return ("'%s' is not a phone number"):format(text.cut(fields.phone, 40))
  end
  return nil
end

api.lead = keeper("lead", function(fields)
  if not fields.email and not fields.phone then return "a lead needs an 'email' or a 'phone'" end
  return email_fault(fields) or phone_fault(fields)
end)
api.callback = keeper("callback", phone_fault)
api.ticket = keeper("ticket", email_fault)

function api.ticket_status(chat, number)
  return steps.value(chat, "ticket_status", function() return tickets.status(chat.self, number) end)
end

function api.ticket_reply(chat, number, said)
  return steps.value(chat, "ticket_reply", function() return tickets.reply(chat.self, number, said) end)
end

function api.mail_transcript(chat, address)
  return steps.value(chat, "mail_transcript", function()
    if chat.self.e then return "sent" end -- a rehearsal sends nothing
    local ok, why = require("mail.transcripts").ask(chat.self, address)
    return ok and "sent" or why
  end)
end

function api.call_times(chat, day)
  return steps.value(chat, "call_times", function()
    local self = chat.self
    return business.call_times(self.b, day, self.tz, self.l)
  end)
end

function api.reset(chat)
  if not steps.effect(chat, "reset") then return end
  local own = chat.self
  own.x, own.m, own.z = nil, 0, true
  handover.set_status(own, "bot")
end

-- A step only where the answer depends on more than the language.
function api.commands(chat)
  if not conditions.wants(chat.registry).menu then return catalogue.commands(chat.self, chat.registry) end
  return steps.value(
    chat,
    "commands",
    function() return json.array(catalogue.commands(chat.self, chat.registry)) end
  )
end

function api.date_text(chat, date) return hours_text.date(time.parse_date(date), chat.self.l) end

function api.phrase(chat, name, ...)
  if not phrases.en[name] then error(("chat:phrase: there is no phrase '%s'"):format(name), 2) end
  return phrases.say(chat.self.l, name, ...)
end

local metatable = { __index = export.methods({ "chat", "asks" }, api), __metatable = false }

return {
  functions = api,
  open = function(public) return setmetatable(public, metatable) end,
}
