-- The life of a durable dialog (see prelude/steps for how its calls are
-- logged): it begins with a command, waits for the visitor in the middle of
-- the script, is taken up again when its coroutine is gone, and ends.
--
-- A dialog ends from within (the visitor gave no answer that will do, or none
-- in time) by leaving self.ending and abandoning the turn: the message comes
-- again and actors/conversation closes the dialog. So no pcall of a script can
-- hold it up.
local host = require "host"
local json = require "json"
local fault = require "lib.fault"
local jobs = require "prelude.jobs"
local palette = require "prelude.palette"
local steps = require "prelude.steps"
local time = require "lib.time"
local transcript = require "prelude.transcript"

local dialog = {}

local TRIES = 5
local TIMEOUT_MAX_MS = 366 * time.DAY
local RESUME_MS = 30000 -- after a call to the outside should have ended

local TIMER = "dialog" -- of the conversation: the one durable timer that a dialog has

-- Sets, moves or takes away the dialog's timer. The mail is read by prelude/inbox.
local function set_timer(self, i, ms)
  local d = self.d
  if ms and not self.e then
    jobs.timer("conversation", self.k, TIMER, host.now() + ms, { d = d.i, i = i })
    d.t = true
  elseif d.t then
    jobs.cancel_timer("conversation", self.k, TIMER)
    d.t = nil
  end
end

-- From here on the dialog survives: what it is and where it waits is part of
-- the conversation's row. ms: its timer, nil for none.
local function wait_at(chat, i, kind, ms)
  local self = chat.self
  if not chat.begun then
    self.d = {
      n = chat.command,
      v = chat.registry.version,
      i = chat.dialog,
      a = next(chat.args) and chat.args or nil,
      l = chat.locale,
      w = i,
    }
    chat.begun = true
    for _, step in ipairs(chat.early or {}) do
      steps.insert(chat, step[1], step[2], step[3])
    end
    chat.early = nil
  end
  local d = self.d
  d.w, d.k, d.f, d.o = i, kind, nil, nil
  set_timer(self, i, ms)
  self.z = true
end

-- Stores what the turn has so far and that step i is under way; goes on when
-- it is durable. ms: how long the step may take. When the process dies before
-- the step is logged, a timer takes the dialog up again. add(), if there is
-- one, writes more rows into the same batch.
function dialog.commit(chat, i, kind, ms, add)
  wait_at(chat, i, kind, ms + RESUME_MS)
  chat.self.d.o = true
  if add then add() end
  transcript.save(chat.self)
  host.commit()
  chat.self.kv = nil
end

-- The step that dialog.commit began has its value, or is part of the log.
function dialog.settled(chat)
  if not chat.begun then return end -- its value needed no call
  chat.self.d.o, chat.self.z = nil, true
end

-- Ends this turn and waits for the visitor's next input. An input that ends
-- the dialog is given back to the conversation.
local function next_input(chat)
  local self = chat.self
  local conversation = require "actors.conversation"
  chat.calls, self.kv = nil, nil
  while true do
    if self.mk then palette.refresh(self) end
    transcript.save(self)
    local input = require("prelude.inbox").take(self, host.park())
    if input then
      if conversation.interrupts(self, input) then host.abandon() end
      return input
    end
  end
end

-- Closes the dialog. ending: { say = text }, { phrase = name }, { go = name }
local function close(chat, ending)
  chat.self.ending = ending
  host.abandon()
end

-- What the rule gives when nobody answered in time; closes the dialog when it
-- gives nothing.
local function timed_out(chat, rule)
  local then_do = rule.on_timeout
  if not then_do then
    if rule.default ~= nil then return rule.default end
    close(chat, { phrase = "timed_out" })
  elseif then_do.value ~= nil then
    return then_do.value
  end
  close(chat, { say = then_do.say, go = then_do.go })
end

-- An answer that will not do: true when that was the last try.
local function last_try(chat, rule)
  local d = chat.self.d
  d.f, chat.self.z = (d.f or 0) + 1, true
  return d.f >= (rule.tries or TRIES)
end

local function answered(chat, i, kind, value, rule)
  steps.record(chat, i, kind, value)
  set_timer(chat.self, i, nil)
  if rule.keep then rule.keep(chat, value) end
  return value
end

-- One input for a waiting step: true and the value when it is answered.
local function try(chat, i, kind, check, rule, input)
  local self = chat.self
  if input.type == "timeout" then return true, answered(chat, i, kind, timed_out(chat, rule), {}) end
  local answer, again, errors = check(input, chat)
  if errors then
    require("prelude.inbox").refuse_form(self, input, errors)
    return false
  end
  if answer == nil and last_try(chat, rule) then
    if rule.default == nil then close(chat, { phrase = "gave_up" }) end
    transcript.accept(self, input)
    return true, answered(chat, i, kind, rule.default, {})
  end
  transcript.accept(self, input)
  if answer ~= nil then return true, answered(chat, i, kind, answer, rule) end
  if type(again) == "function" then
    again()
  else
    transcript.say(self, again)
  end
  return false
end

local function period(rule)
  local ms = rule.timeout and time.parse_period(rule.timeout)
  return ms and math.min(ms, TIMEOUT_MAX_MS)
end

-- A step that waits for the visitor. prompt(chat) shows the question;
-- check(input, chat) gives the value, or nil and a text or function that asks again, or
-- nil, nil and the faults of a form, which is then not accepted. rule: tries,
-- default, timeout, on_timeout as in prelude/api/asks, and keep(chat, value),
-- which adds to the turn that takes the answer.
function dialog.ask(chat, kind, prompt, check, rule)
  if chat.light then error("an event handler cannot ask the visitor", 3) end
  local i = steps.next(chat)
  local done, value = steps.logged(chat, i, kind)
  if done then return value end
  local input = chat.input
  if i == chat.upto then
    if not input or chat.outside or kind ~= chat.self.d.k then steps.mismatch(chat, kind) end
  else
    prompt(chat)
    wait_at(chat, i, kind, period(rule))
  end
  chat.input = nil
  while true do
    input = input or next_input(chat)
    done, value = try(chat, i, kind, check, rule, input)
    if done then return value end
    input = nil
  end
end

-- The number of the client's version in a dialog's version; 0: the stock scripts.
function dialog.number_of(version) return math.tointeger(string.match(version, "/(%d+)$") or 0) end

-- A dialog that has ended, for replays and counts. Its steps stay in the log
-- until the retention takes both (prelude/recordings).
local function record_end(self, id, name, number, outcome, early)
  if self.e then return end
  host.write("dialog.insert", self.k, id, self.b, name, number, outcome, early, host.now())
end

-- Forgets the dialog; the turn that called this ends it.
--   outcome: done, failed, cancelled by the visitor, taken by a person, broken when code and log disagree
function dialog.finish(self, outcome)
  local d = self.d
  if not d then return end
  set_timer(self, 0, nil)
  record_end(self, d.i, d.n, dialog.number_of(d.v), outcome)
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

-- Runs the command to its end or to a fault. message: what went wrong; rest:
-- an input that nobody asked for, because the dialog stood at an outside step.
local function run(chat, command)
  chat.self.chat = chat
  local ok, message = pcall(command.run, chat.public, chat.public.args)
  chat.self.chat = nil
  local rest = chat.input
  if ok and chat.i < chat.upto then steps.mismatch(chat, "end", command.at) end
  local outcome = ok and "done" or "failed"
  if chat.begun then
    dialog.finish(chat.self, outcome)
  else
    finish_early(chat, outcome)
  end
  if not ok then
    message = fault(message)
    host.fault()
    require("prelude.script_log").fault(chat.self, chat.registry, message)
    return nil, message
  end
  return true, nil, nil, rest
end

-- Begins a command with code. nil, message when the script failed.
function dialog.start(self, registry, command, args)
  local chat = steps.new(self, registry, command.name, args)
  chat.dialog = tostring(self.n)
  if self.rehearsal then chat.rehearsal = require("prelude.rehearsal").begin(chat) end
  return run(chat, command)
end

-- Takes the dialog up again, with an input that waits for it.
function dialog.replay(self, registry, command, input)
  local saved = self.d
  local rows, message, code = host.query("step.list", self.k, saved.i)
  if not rows then return nil, message, code end
  local chat = steps.new(self, registry, command.name, saved.a, saved.l)
  chat.dialog = saved.i
  chat.log, chat.upto, chat.begun, chat.outside = {}, saved.w, true, saved.o
  if input.type ~= "resume" then chat.input = input end
  for _, row in ipairs(rows) do
    local value = json.decode(row.value)
    if value == json.null then value = nil end
    chat.log[row.step] = { kind = row.kind, value = value }
  end
  chat.rehearsal = self.rehearsal and self.rehearsal.open
  return run(chat, command)
end

return dialog
