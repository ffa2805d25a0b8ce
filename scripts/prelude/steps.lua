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
-- chat.outside replay: the step at upto is a call to the outside or the store
-- chat.begun  the dialog is in the conversation's durable state
-- chat.locale the language at the beginning, when the script has changed it
-- chat.rehearsal  the log of a recording: prelude/rehearsal
-- chat.early  steps logged before that: { i, kind, value }, ...
local host = require "host"
local json = require "json"

local steps = {}

local trace = host.setting "trace" and require "prelude.trace"

local STEPS_MAX = 1000

-- A chat of a conversation, with the registry of the bundle that it runs on.
-- chat.public is the table that scripts hold: it has the API and no way to the
-- chat, the conversation or the platform.
function steps.new(self, registry, name, args, locale)
  local public = require("prelude.chat").open { -- only now: most conversations never run a script
    id = self.k,
    command = name,
    args = args or {},
    locale = locale or self.l,
  }
  return {
    self = self,
    registry = registry,
    public = public,
    command = name,
    args = args or {},
    i = 0,
    upto = 0,
  }
end

-- A chat for event handlers: it may say and send, but not ask.
function steps.light(self, registry)
  local chat = steps.new(self, registry, "event handler")
  chat.light = true
  return chat
end

local SAME_WAY = "A script that runs again must take the same way: what it decides by "
  .. "must come from the chat (chat:now, chat:random, chat:get) or an answer, not from variables outside of run."

-- What the log holds for the step that the script stands at, in words.
local function logged_as(chat)
  local row = chat.log and chat.log[chat.i]
  if row then return ("holds '%s' for it"):format(row.kind) end
  if chat.i == chat.upto then return ("waits there for '%s'"):format(chat.self.d.k) end
  return "holds a step without a value there, such as say"
end

-- The log and the script disagree: this message is delivered again and then
-- ends the dialog, with this report (see actors/conversation.lua). Does not return.
-- at: the place to name instead of the script's line.
function steps.mismatch(chat, kind, at)
  local what = kind == "end" and ("command '%s' ends before step %d"):format(chat.command, chat.upto)
    or ("step %d of command '%s' is '%s'"):format(chat.i, chat.command, kind)
  local log = kind == "end" and ("waits there for '%s'"):format(chat.self.d.k) or logged_as(chat)
  chat.self.broken = {
    at = at or require "prelude.position"(),
    text = ("%s, but the dialog's log %s: the dialog was ended. %s"):format(what, log, SAME_WAY),
  }
  host.abandon()
end

-- The number of the step that begins now.
function steps.next(chat)
  local i = chat.i + 1
  if i > STEPS_MAX then error("a dialog may have at most " .. STEPS_MAX .. " steps", 3) end
  chat.i = i
  return i
end

-- A step that only has an effect (say, show, set, enqueue): true when it is
-- to be carried out, false when an earlier run has done so. detail: for a trace.
function steps.effect(chat, kind, detail)
  local i = steps.next(chat)
  if i < chat.upto then
    if chat.log[i] then steps.mismatch(chat, kind) end
    return false
  end
  if i == chat.upto then steps.mismatch(chat, kind) end
  if trace then trace(chat, i, kind, detail) end
  return true
end

-- For a step that keeps its value itself.
function steps.traced(chat, i, kind, value)
  if trace then trace(chat, i, kind, value) end
end

-- Writes a step of a dialog that has begun.
function steps.insert(chat, i, kind, value)
  local self = chat.self
  if not self.e then host.write("step.insert", self.k, self.d.i, i, kind, json.encode(value), host.now()) end
end

-- Keeps what a step brought, for a replay.
function steps.record(chat, i, kind, value)
  if trace then trace(chat, i, kind, value) end
  if chat.light then return end
  if chat.begun then return steps.insert(chat, i, kind, value) end
  chat.early = chat.early or {}
  table.insert(chat.early, { i, kind, value })
end

-- The step that a replay found under way: true, once, when it is this one.
function steps.under_way(chat, i, kind)
  if i ~= chat.upto then return false end
  if not chat.outside or chat.self.d.k ~= kind then steps.mismatch(chat, kind) end
  return true
end

-- The logged value of step i: true, value; false when it is to be made now.
-- detail: for a rehearsal, what is called where the step calls outside.
function steps.logged(chat, i, kind, detail)
  local row = chat.log and chat.log[i]
  if row then
    if row.kind ~= kind then steps.mismatch(chat, kind) end
    return true, row.value
  end
  if i < chat.upto then steps.mismatch(chat, kind) end
  if chat.rehearsal then return require("prelude.rehearsal").outside(chat, i, kind, detail) end
  return false
end

-- A step that brings a value: produce() is called once in the dialog's life.
-- What it returns must be JSON: one value, or nil and a few more in a list.
function steps.value(chat, kind, produce, ...)
  local i = steps.next(chat)
  local done, value = steps.logged(chat, i, kind)
  if done then return value end
  if i == chat.upto then steps.mismatch(chat, kind) end
  if chat.rehearsal then
    value = require("prelude.rehearsal").value(chat, kind, produce, ...)
  else
    value = produce(chat, ...)
  end
  steps.record(chat, i, kind, value)
  return value
end

return steps
