-- The life of a durable dialog (see prelude/steps for how its calls are
-- logged): it begins with a command, waits for the visitor in the middle of
-- the script, is taken up again when its coroutine is gone, and ends.
local host = require "host"
local json = require "json"
local fault = require "lib.fault"
local current = require "prelude.current"
local steps = require "prelude.steps"
local transcript = require "prelude.transcript"

local dialog = {}

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
      steps.insert(chat, step[1], step[2], step[3])
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
-- check(input, chat) gives the value, or nil and a text or function that asks again, or
-- nil, nil and the faults of a form, which is then not accepted;
-- keep(chat, value), if there is one, adds to the turn that takes the answer.
function dialog.ask(chat, kind, prompt, check, keep)
  if chat.light then error("an event handler cannot ask the visitor", 3) end
  local i = steps.next(chat)
  local done, value = steps.logged(chat, i, kind)
  if done then return value end
  local input = chat.input
  if input then
    if i ~= chat.upto or kind ~= chat.self.d.k then steps.mismatch(chat, kind) end
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
        steps.record(chat, i, kind, answer)
        if keep then
          keep(chat, answer)
          current.chat = chat
        end
        return answer
      end
      if type(again) == "function" then
        again()
      else
        transcript.say(chat.self, again)
      end
    end
    input = next_input(chat)
  end
end

-- The number of the client's version in a dialog's version.
local function number_of(version) return math.tointeger(string.match(version, "/(%d+)$") or 0) end

-- A dialog that has ended, for replays and counts. Its steps stay in the log
-- until the retention takes both (prelude/recordings).
local function record_end(self, id, name, number, outcome, early)
  if self.e then return end
  host.write("dialog.insert", self.k, id, self.b, name, number, outcome, early, host.now())
end

-- Forgets the dialog; the turn that called this ends it.
--   outcome: done, failed, cancelled by the visitor, broken when code and log disagree
function dialog.finish(self, outcome)
  local d = self.d
  if not d then return end
  record_end(self, d.i, d.n, number_of(d.v), outcome)
  self.d, self.z = nil, true
end

-- Values that a replay makes again by itself; a dialog that asked nothing and
-- brought no others needs no record.
local REMADE = { answer = true, get = true, is_open = true }

local function finish_early(chat, outcome)
  local list
  for _, step in ipairs(chat.early or {}) do
    if not REMADE[step[2]] then
      list = list or {}
      list[#list + 1] = { step[2], step[3] }
    end
  end
  if not list and outcome == "done" then return end
  local early = list and json.encode(json.array(list))
  record_end(chat.self, chat.dialog, chat.command, chat.registry.number, outcome, early)
end

-- Runs the command to its end or to a fault. message: what went wrong.
local function run(chat, command)
  current.chat, chat.self.chat = chat, chat
  local ok, message = pcall(command.run, chat, chat.args)
  current.chat, chat.self.chat = nil, nil
  if ok and chat.input then steps.mismatch(chat, "end") end -- the script no longer asks
  local outcome = ok and "done" or "failed"
  if chat.begun then
    dialog.finish(chat.self, outcome)
  else
    finish_early(chat, outcome)
  end
  if not ok then return nil, fault(message) end
  return true
end

-- Begins a command with code. nil, message when the script failed.
function dialog.start(self, registry, command, args)
  local chat = steps.new(self, registry, command.name, args)
  chat.dialog = tostring(self.n)
  return run(chat, command)
end

-- Takes the dialog up again, with an input that waits for it.
function dialog.replay(self, registry, command, input)
  local saved = self.d
  local rows, message, code = host.query("step.list", self.k, saved.i)
  if not rows then return nil, message, code end
  local chat = steps.new(self, registry, command.name, saved.a)
  chat.log, chat.upto, chat.input, chat.begun = {}, saved.w, input, true
  for _, row in ipairs(rows) do
    chat.log[row.step] = { kind = row.kind, value = json.decode(row.value) }
  end
  return run(chat, command)
end

return dialog
