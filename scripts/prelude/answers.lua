-- What the bot answers when no dialog runs. In this order: a command (by
-- name, /name, label or words), what the business knows (FAQ and computed
-- facts), the fallback rules.
local host = require "host"
local business = require "prelude.business"
local conditions = require "prelude.conditions"
local dialog = require "prelude.dialog"
local events = require "prelude.events"
local handover = require "prelude.handover"
local palette = require "prelude.palette"
local phrases = require "lib.phrases"
local releases = require "prelude.releases"
local shape = require "prelude.shape"
local show = require "prelude.show"
local text = require "lib.text"
local transcript = require "prelude.transcript"
local words = require "lib.words"

local answers = {}

local byte, sub, match = string.byte, string.sub, string.match
local hear = require("prelude.language").hear
local accept, fold, registry_of = transcript.accept, text.fold, releases.of
local SLASH <const> = 47
local WORDS_MAX <const> = 4 -- more words than this are a question, not a command

-- "/hours please" -> the command, "please"; nil when it is none.
function answers.slash_command(self, said)
  if byte(said, 1) ~= SLASH then return nil end
  local name, rest = match(said, "^/([%w_%-]+)%s*(.*)$")
  if not name then return nil end
  return releases.of(self).commands[string.lower(name)], rest
end

-- The one command of which every meaningful word is a word, or nil.
local function by_words(registry, folded)
  local stems = words.content(folded)
  if #stems == 0 or #stems > WORDS_MAX then return nil end
  local first = registry.tokens[stems[1]]
  if not first then return nil end
  for name in pairs(first) do
    local all = true
    for i = 2, #stems do
      local set = registry.tokens[stems[i]]
      if not set or not set[name] then all = false end
    end
    if all then return registry.commands[name] end
  end
  return nil
end

-- The command or menu item that a text names, and arguments. Words that stand
-- for nothing that applies here are a text like any other.
local function by_text(self, registry, said)
  local exact = registry.phrases[said] -- a phrase as it is folded: most commands are one plain word
  if exact and not exact.when then return exact end
  if byte(said, 1) == SLASH then
    local command, rest = answers.slash_command(self, said)
    return command, rest and rest ~= "" and { text = rest } or nil
  end
  local folded = fold(said)
  local found = registry.phrases[folded]
  if found and conditions.item_applies(self, registry, found) then return found end
  found = registry.labels[folded]
  if found and conditions.item_applies(self, registry, found) then return found end
  found = by_words(registry, folded)
  return found and conditions.item_applies(self, registry, found) and found or nil
end

local perform

local function go(self, registry, target, args)
  if target == shape.HANDOVER then return handover.begin(self, "asked") end
  local command = registry.commands[target]
  if command then return perform(self, registry, command, args) end
  return show.menu(self, registry, target)
end

local function run(self, registry, command, args)
  local ok, message = dialog.start(self, registry, command, args)
  if ok then return end
  host.log("error", message, { conversation = self.k, message = self.re, command = command.name })
  transcript.say(self, phrases.say(self.l, "failed"))
end

-- Carries out what a command, a menu item or a fallback rule declares.
function perform(self, registry, declared, args)
  if self.rehearsal and declared.name then require("prelude.rehearsal").note("command", declared.name) end
  if declared.say then return show.declared(self, declared) end
  if declared.show then return show.menu(self, registry, declared.show) end
  if declared.run then return run(self, registry, declared, args) end
  return go(self, registry, declared.go, args)
end

-- The rules for this miss: of those that apply, the one with the greatest
-- `after` that is reached.
local function fallback(self, registry)
  self.m, self.z = self.m + 1, true
  local best
  for _, rule in ipairs(registry.rules or {}) do
    local counts = rule.after <= self.m and (not best or rule.after > best.after)
    if counts and conditions.item_applies(self, registry, rule) then best = rule end
  end
  if best then return perform(self, registry, best) end
  return transcript.say(self, phrases.say(self.l, "no_answer"))
end

-- Goes on with a command or menu by its name, as a dialog that closed itself wants.
function answers.go(self, target)
  local registry = registry_of(self)
  if target == shape.HANDOVER or registry.commands[target] or registry.menus[target] then
    return go(self, registry, target)
  end
  host.log(
    "error",
    ("there is no command or menu '%s' to go on with"):format(target),
    { conversation = self.k }
  )
  transcript.say(self, phrases.say(self.l, "failed"))
end

local HOW = { typed = true, page = true } -- what a page may say of a command frame, which is a click

-- What an input asks for: a declaration, its arguments, and what to say when
-- there is none (a phrase and its filling). input.how: how it was called.
local function find(self, registry, input)
  local kind = input.type
  input.how = "clicked"
  if kind == "message" then
    local found, args = by_text(self, registry, input.text)
    local slash = byte(input.text, 1) == SLASH
    input.how = slash and "typed" or "words"
    if not found and slash then return nil, nil, "no_command", sub(match(input.text, "^/(%S*)"), 1, 40) end
    return found, args
  elseif kind == "choice" then
    local item = registry.items[input.value]
    if item then
      input.shown = text.pick(item.label, self.l)
      return item
    end
    input.text = input.value
    return by_text(self, registry, input.value)
  elseif kind == "command" then
    if HOW[input.via] then input.how = input.via end
    local command = registry.commands[input.name]
    input.shown = command and text.pick(command.title, self.l) or "/" .. input.name
    if command then return command, input.args end
    return nil, nil, "no_command", sub(input.name, 1, 40)
  end
  if kind == "file" then return nil, nil, "file_sent" end
  input.shown = phrases.say(self.l, "form_sent")
  return nil, nil, "stale_form"
end

-- The command that a declaration is, or that a menu item leads to.
local function command_of(registry, found)
  local command = registry.commands[found.name or found.go or ""]
  return command ~= nil and (command == found or not found.name) and command or nil
end

-- A click, a slash or a page asked for what does not apply: the visitor is
-- told by its name, and the page gets the menu that does.
local function refusal(self, registry, found)
  palette.stale(self)
  local command = command_of(registry, found)
  local title = found.label or found.title or command.title
  return "not_now", text.pick(title, self.l)
end

local function announce_use(self, registry, input)
  if not events.heard(self, registry, "command.used") then return end
  local use = { conversation = self.k, seq = self.re, command = input.used, how = input.how }
  events.raise(self, "command.used", use)
end

-- A form that the page showed by itself.
local function page_form(self, input)
  local known, faults = require("prelude.forms").take(self, input)
  if faults then require("prelude.inbox").refuse_form(self, input, faults) end
  return known
end

-- Accepts the input and answers it.
function answers.route(self, input)
  if input.type == "form" then
    if require("prelude.farewell").rate(self, input) or page_form(self, input) then return end
  end
  local registry = registry_of(self)
  if input.type == "message" then hear(self, input.text) end
  local found, args, phrase, filling = find(self, registry, input)
  if found then
    if (found.when or found.go) and not conditions.item_applies(self, registry, found) then
      phrase, filling = refusal(self, registry, found)
      found = nil
    elseif self.st ~= "human" then
      local command = command_of(registry, found)
      input.used = command and command.name
    end
  end
  accept(self, input)
  if input.used and (registry.listens or not self.e) then announce_use(self, registry, input) end
  if self.st == "human" then -- a person is answering
    return require("prelude.takeover").forward(
      self,
      input.blocks or transcript.text_block(transcript.shown(input))
    )
  end
  if self.st == "closed" then handover.set_status(self, "bot") end
  if not found and phrase then return transcript.say(self, phrases.say(self.l, phrase, filling)) end
  local known = not found and business.answer(self.b, input.text, self.l)
  if not found and not known then return fallback(self, registry) end
  if self.m ~= 0 then
    self.m, self.z = 0, true
  end
  if known then return transcript.reply(self, known) end
  return perform(self, registry, found, args)
end

return answers
