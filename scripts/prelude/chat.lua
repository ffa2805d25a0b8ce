-- The chat API that `run` functions and event handlers get. Each function is
-- a step of the dialog (prelude/steps.lua): effects happen once, values are
-- the same when the dialog is replayed. Loaded for its effect on steps.Chat.
local host = require "host"
local asks = require "prelude.asks"
local business = require "prelude.business"
local catalogue = require "prelude.catalogue"
local current = require "prelude.current"
local dialog = require "prelude.dialog"
local events = require "prelude.events"
local form = require "prelude.form"
local handover = require "prelude.handover"
local hours_text = require "lib.hours_text"
local phrases = require "lib.phrases"
local show = require "prelude.show"
local steps = require "prelude.steps"
local text = require "lib.text"
local time = require "lib.time"
local transcript = require "prelude.transcript"

local Chat = steps.Chat

local VARIABLE_BYTES_MAX = 1000

-- The text of a script: localised, formatted when there are arguments, else
-- with its {placeholders} filled in. Comes back with this chat as the current one.
local function render(chat, value, ...)
  if type(text.pick(value, chat.self.l)) ~= "string" then error("a text is needed here", 3) end
  if select("#", ...) > 0 then return string.format(text.pick(value, chat.self.l), ...) end
  local s = show.fill(chat.self, value)
  current.chat = chat
  return s
end

-- True when an effect that is not a chat function is to be carried out.
function Chat:effect() return steps.effect(self, "effect") end

-- Says a text: chat:say("See you on %s.", day) or chat:say "{hours.today}".
function Chat:say(value, ...)
  local s = render(self, value, ...)
  if steps.effect(self, "say") then transcript.say(self.self, s) end
end

-- Shows a menu by name.
function Chat:show(name)
  if not steps.effect(self, "show") then return end
  show.menu(self.self, self.registry, name)
  current.chat = self
end

-- Shows one block of the visitor channel: { kind = "card", title = ... }.
function Chat:block(block)
  if type(block) ~= "table" or type(block.kind) ~= "string" then error("a block needs a kind", 2) end
  if steps.effect(self, "block") then show.block(self.self, block) end
end

local function asker(kind)
  return function(chat, question, options)
    question = render(chat, question)
    local prompt, check = asks[kind](chat, question, options or {})
    return dialog.ask(chat, "ask_" .. kind, prompt, check)
  end
end

-- Each returns a valid value: text, one of the choices, a number, a date as
-- "2026-11-22", a time as "19:30", an address, a number to call.
Chat.ask_text = asker "text"
Chat.ask_choice = asker "choice"
Chat.ask_number = asker "number"
Chat.ask_date = asker "date"
Chat.ask_time = asker "time"
Chat.ask_email = asker "email"
Chat.ask_phone = asker "phone"
Chat.ask = Chat.ask_text

-- Shows a form and returns its fields once they are valid.
function Chat:form(spec)
  local prompt, check, store = form.new(self, spec)
  return dialog.ask(self, "form", prompt, check, store)
end

-- Answers a question from what the business has told; false when it has not.
function Chat:answer(question)
  return steps.value(self, "answer", function(chat)
    local known = business.answer(chat.self.b, tostring(question), chat.self.l)
    current.chat = chat
    if known then transcript.reply(chat.self, known) end
    return known ~= nil
  end)
end

-- Asks for a person. The script goes on; it normally ends here.
function Chat:handover(reason)
  if not steps.effect(self, "handover") then return end
  handover.begin(self.self, type(reason) == "string" and reason or "asked")
  current.chat = self
end

-- Closes the conversation after this turn; a later message opens it again.
function Chat:end_chat()
  if not steps.effect(self, "end_chat") then return end
  handover.set_status(self.self, "closed")
  events.raise(self.self, "conversation.closed", { conversation = self.id })
  current.chat = self
end

-- Keeps a value with the conversation, for later commands.
function Chat:set(name, value)
  if type(name) ~= "string" then error("chat:set needs a name", 2) end
  local kind = type(value)
  if kind ~= "nil" and kind ~= "string" and kind ~= "number" and kind ~= "boolean" then
    error("chat:set keeps texts, numbers and booleans, not a " .. kind, 2)
  end
  if kind == "string" and #value > VARIABLE_BYTES_MAX then error("chat:set: the text is too long", 2) end
  if not steps.effect(self, "set") then return end
  local own = self.self
  own.x = own.x or {}
  own.x[name] = value
  own.z = true
end

function Chat:get(name)
  return steps.value(self, "get", function(chat) return chat.self.x and chat.self.x[name] end)
end

-- The time, in milliseconds since 1970 (UTC).
function Chat:now()
  return steps.value(self, "now", function() return host.now() end)
end

-- A whole number from low to high.
function Chat:random(low, high)
  if math.type(low) ~= "integer" or math.type(high) ~= "integer" or high < low then
    error("chat:random needs two whole numbers, low and high", 2)
  end
  return steps.value(
    self,
    "random",
    function() return low + (string.unpack("<I7", host.random(7)) % (high - low + 1)) end
  )
end

-- Is the business open now? nil when it has given no hours.
function Chat:is_open()
  return steps.value(self, "is_open", function(chat)
    local open = business.open_now(chat.self.b)
    current.chat = chat
    return open
  end)
end

-- Goes on with another command or menu, by name. Its steps follow this one's.
function Chat:go(name)
  local command = self.registry.commands[name]
  if not command then return self:show(name) end
  if command.run then return command.run(self, self.args) end
  if command.say then return self:say(command.say) end
  return self:go(command.show or command.go)
end

-- Stores what the visitor has given, as the named form does.
function Chat:submit(name, fields)
  if type(name) ~= "string" or type(fields) ~= "table" then
    error("chat:submit needs a name and a table", 2)
  end
  if not steps.effect(self, "submit") then return end
  form.store(self, name, fields)
  current.chat = self
end

-- Forgets what chat:set kept and gives the conversation back to the bot.
function Chat:reset()
  if not steps.effect(self, "reset") then return end
  local own = self.self
  own.x, own.m, own.z = nil, 0, true
  handover.set_status(own, "bot")
end

-- The commands that visitors may see: { name, title, hint } in their language.
function Chat:commands() return catalogue.commands(self.registry, self.self.l) end

-- "2026-12-25" -> "Friday, 25 December" in the visitor's language.
function Chat:date_text(date)
  local days = type(date) == "string" and time.parse_date(date) or error("chat:date_text needs a date", 2)
  return hours_text.date(days, self.self.l)
end

-- A phrase of the platform in the visitor's language.
function Chat:phrase(name, ...) return phrases.say(self.self.l, name, ...) end

return Chat
