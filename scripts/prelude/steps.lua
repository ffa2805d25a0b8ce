-- Durable dialogs. A command's `run` is straight-line code on a coroutine; the
-- coroutine is only a cache. Every call of the chat API is a step with a
-- number; those that bring a value from outside (an answer, the clock, a
-- random number) are written to the step log. When the coroutine is gone the
-- command runs again from its start: logged steps return their old values,
-- steps before the waiting one have no effect, and the script stands at the
-- same line. A script that takes another path than its log ends politely.
--
-- chat.i      number of the last step
-- chat.upto   replay: the step that waits for the visitor; 0 when live
-- chat.log    replay: step -> { kind, value }
-- chat.input  replay: the input that the waiting step will take
-- chat.begun  the dialog is in the conversation's durable state
-- chat.early  steps logged before that: { i, kind, value }, ...
local host = require "host"
local json = require "json"
local current = require "prelude.current"
local transcript = require "prelude.transcript"

local steps = {}

local STEPS_MAX = 1000

steps.Chat = {} -- the API that scripts see; prelude/chat.lua fills it
steps.Chat.__index = steps.Chat
steps.Chat.__metatable = false

local function new_chat(self, registry, name, args)
  return setmetatable({
    self = self,
    registry = registry,
    id = self.k,
    command = name,
    args = args or {},
    locale = self.l,
    i = 0,
    upto = 0,
  }, steps.Chat)
end

-- A chat for event handlers: it may say and send, but not ask.
function steps.light(self, registry)
  local chat = new_chat(self, registry, "event handler")
  chat.light = true
  return chat
end

-- The log and the script disagree: this message is delivered again and then
-- ends the dialog (see steps.broken). Does not return.
local function mismatch(chat, kind)
  local row = chat.log and chat.log[chat.i] or (chat.i == chat.upto and { kind = chat.self.d.k })
  chat.self.broken = ("command '%s' step %d is '%s', but the log says '%s'"):format(
    chat.command,
    chat.i,
    kind,
    row and row.kind or "nothing"
  )
  host.abandon()
end

local function next_step(chat)
  local i = chat.i + 1
  if i > STEPS_MAX then error("a dialog may have at most " .. STEPS_MAX .. " steps", 3) end
  chat.i = i
  return i
end

-- A step that only has an effect (say, show, set, enqueue): true when it is
-- to be carried out, false when an earlier run has done so.
function steps.effect(chat, kind)
  local i = next_step(chat)
  if i < chat.upto then
    if chat.log[i] then mismatch(chat, kind) end
    return false
  end
  if i == chat.upto then mismatch(chat, kind) end
  return true
end

local function insert(chat, i, kind, value)
  local self = chat.self
  if not self.e then host.write("step.insert", self.k, self.d.i, i, kind, json.encode(value), host.now()) end
end

local function record(chat, i, kind, value)
  if chat.light then return end
  if chat.begun then return insert(chat, i, kind, value) end
  chat.early = chat.early or {}
  table.insert(chat.early, { i, kind, value })
end

-- The logged value of step i: true, value; false when it is to be made now.
local function logged(chat, i, kind)
  local row = chat.log and chat.log[i]
  if row then
    if row.kind ~= kind then mismatch(chat, kind) end
    return true, row.value
  end
  if i < chat.upto then mismatch(chat, kind) end
  return false
end

-- A step that brings a value: produce() is called once in the dialog's life.
function steps.value(chat, kind, produce, ...)
  local i = next_step(chat)
  local done, value = logged(chat, i, kind)
  if done then return value end
  if i == chat.upto then mismatch(chat, kind) end
  value = produce(chat, ...)
  record(chat, i, kind, value)
  return value
end

-- From here on the dialog survives: what it is and where it waits is part of
-- the conversation's row.
local function wait_at(chat, i, kind)
  local self = chat.self
  if not chat.begun then
    self.d = {
      n = chat.command,
      v = chat.registry.version,
      i = chat.dialog,
      a = next(chat.args) and chat.args or nil,
      w = i,
    }
    chat.begun = true
    for _, step in ipairs(chat.early or {}) do
      insert(chat, step[1], step[2], step[3])
    end
    chat.early = nil
  end
  self.d.w, self.d.k = i, kind
  self.z = true
end

-- Ends this turn and waits for the visitor's next input. An input that ends
-- the dialog is given back to the conversation.
local function next_input(chat)
  local self = chat.self
  local conversation = require "actors.conversation"
  transcript.save(self)
  while true do
    local input = require("prelude.inbox").take(self, host.park())
    if input then
      if conversation.interrupts(self, input) then host.abandon() end
      current.chat = chat
      return input
    end
    transcript.save(self)
  end
end

-- A step that waits for the visitor. prompt(chat) shows the question;
-- check(input, chat) gives the value, or nil and a text that asks again, or
-- nil, nil and the faults of a form, which is then not accepted;
-- keep(chat, value), if there is one, adds to the turn that takes the answer.
function steps.ask(chat, kind, prompt, check, keep)
  if chat.light then error("an event handler cannot ask the visitor", 3) end
  local i = next_step(chat)
  local done, value = logged(chat, i, kind)
  if done then return value end
  local input = chat.input
  if input then
    if i ~= chat.upto or kind ~= chat.self.d.k then mismatch(chat, kind) end
    chat.input = nil
  else
    prompt(chat)
    wait_at(chat, i, kind)
    input = next_input(chat)
  end
  while true do
    local answer, again, errors = check(input, chat)
    if errors then
      require("prelude.inbox").refuse_form(chat.self, input, errors)
    else
      transcript.accept(chat.self, input)
      if answer ~= nil then
        record(chat, i, kind, answer)
        if keep then
          keep(chat, answer)
          current.chat = chat
        end
        return answer
      end
      transcript.say(chat.self, again)
    end
    input = next_input(chat)
  end
end

-- Forgets the dialog; the turn that called this ends it.
function steps.finish(self)
  if not self.d then return end
  if not self.e then host.write("step.clear", self.k, self.d.i) end
  self.d, self.z = nil, true
end

-- Runs the command to its end or to a fault. message: what went wrong.
local function run(chat, command)
  current.chat = chat
  local ok, message = pcall(command.run, chat, chat.args)
  current.chat = nil
  if ok and chat.input then mismatch(chat, "end") end -- the script no longer asks
  steps.finish(chat.self)
  if not ok then return nil, tostring(message) end
  return true
end

-- Begins a command with code. nil, message when the script failed.
function steps.start(self, registry, command, args)
  local chat = new_chat(self, registry, command.name, args)
  chat.dialog = tostring(self.n)
  return run(chat, command)
end

-- Takes the dialog up again, with an input that waits for it.
function steps.replay(self, registry, command, input)
  local dialog = self.d
  local rows, message, code = host.query("step.list", self.k, dialog.i)
  if not rows then return nil, message, code end
  local chat = new_chat(self, registry, command.name, dialog.a)
  chat.log, chat.upto, chat.input, chat.begun = {}, dialog.w, input, true
  for _, row in ipairs(rows) do
    chat.log[row.step] = { kind = row.kind, value = json.decode(row.value) }
  end
  return run(chat, command)
end

return steps
