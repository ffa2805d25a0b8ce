-- A conversation: one visitor, one bot, messages numbered from 1.
--
-- Its table is plain data with short names, for thousands are in memory:
--   k key (conv_...)   v visitor   b bot   l locale   tz time zone
--   n last seq         s its row is stored            st status
--   m misses in a row  x what chat:set kept           e ephemeral (no writes)
--   d dialog { n command, v version, i id, w waiting step, k its kind, a args,
--       l language at its beginning, t it has a timer, f failed answers,
--       o the waiting step is a call to the outside }
--   r the last CIDs    re seq being answered          z row to be written
--   p how fast it is talked to: prelude/pace          a its arm of a trial: prelude/releases
--   f facts of the visit that are not kept yet: prelude/visits
--   lx its language was chosen: prelude/language   ve events of its page lately: prelude/events
--   ti, ts its silence: prelude/silence   rv, dv, rh, dh how far it was read: prelude/marks
--   h, hr a person: prelude/handover   ty when typing was last passed on to one
--   chat of the script that is running, for prelude/current
--   bad bad frames in a row       broken why a dialog cannot go on: { at, text }
--   ending how a dialog closes itself: prelude/dialog
--   kv, lines of this turn: prelude/kv, prelude/script_log
--   pg the visitor's page, ld what is known of them: prelude/conditions
--   mk which menu their pages show: prelude/palette
-- n is nil until the first message has loaded it: see prelude/resume.
local host = require "host"
local answers = require "prelude.answers"
local bundle = require "prelude.bundle"
local dialog = require "prelude.dialog"
local events = require "prelude.events"
local inbox = require "prelude.inbox"
local palette = require "prelude.palette"
local phrases = require "lib.phrases"
local releases = require "prelude.releases"
local script_log = require "prelude.script_log"
local show = require "prelude.show"
local text = require "lib.text"
local transcript = require "prelude.transcript"

local take, route, save = inbox.take, answers.route, transcript.save
local need, refresh = releases.need, palette.refresh

local conversation = {}

local OWN = { timeout = true, resume = true, silence = true } -- inputs that no visitor has sent

local CANCEL = {}
for _, list in pairs(phrases.cancel_words) do
  for _, word in ipairs(list) do
    CANCEL[word] = true
  end
end

function conversation.new(_, key) return { k = key } end

local function cancels(input) return input.type == "message" and CANCEL[text.fold(input.text)] == true end

-- Does this input end a running dialog? Cancel words, commands and menu
-- choices do; anything else is an answer to the question asked.
function conversation.interrupts(self, input)
  local kind = input.type
  if kind == "command" or kind == "person" or kind == "silence" then return true end
  if kind == "choice" then return releases.of(self).items[input.value] ~= nil end
  if kind ~= "message" then return false end
  return cancels(input) or answers.slash_command(self, input.text) ~= nil
end

-- Ends the dialog for a reason that is the script's, not the visitor's. The
-- author is told: the script log and script.failed are part of this turn.
-- report: { at = the script's line or "", text }
local function end_politely(self, input, report)
  local d, at = self.d, report.at
  host.log("error", report.text, { conversation = self.k, message = self.n, cid = input.cid, at = at })
  script_log.add(self, d.v, "error", report.text, at)
  if self.rehearsal then require("prelude.rehearsal").note("error", at .. " " .. report.text) end
  dialog.finish(self, "broken")
  if not OWN[input.type] then transcript.accept(self, input) end
  transcript.say(self, phrases.say(self.l, "changed"))
  events.raise(self, "script.failed", {
    conversation = self.k,
    command = d.n,
    version = dialog.number_of(d.v),
    error = report.text,
    position = at ~= "" and at or nil,
  })
end

-- A dialog that closes itself: what is said or done instead of it.
local function close_dialog(self, input, ending)
  dialog.finish(self, "cancelled")
  if not OWN[input.type] then transcript.accept(self, input) end
  if ending.go then return answers.go(self, ending.go) end
  transcript.say(self, ending.say and show.fill(self, ending.say) or phrases.say(self.l, ending.phrase))
end

local function unavailable(self, input, message)
  host.log("warn", "not answered: " .. tostring(message), { conversation = self.k })
  if OWN[input.type] then error("the dialog cannot be read now", 0) end -- its timer's mail comes again
  if input.exchange then
    require("prelude.problem").respond(
      input.exchange,
      503,
      "unavailable",
      "Please try again.",
      { ["retry-after"] = "2" }
    )
  else
    require("prelude.resume").retry(input)
  end
end

-- A dialog whose coroutine is gone: found on the version on which it began
-- and run again up to the step that waits.
local function resume_dialog(self, input)
  local registry, message, code = bundle.of(self.d.v, self.b)
  if not registry and code ~= "not_found" then return unavailable(self, input, message) end
  local command = registry and registry.commands[self.d.n]
  if not command or not command.run then
    local why = message or ("the command '" .. self.d.n .. "', which it runs, is not there any more")
    return end_politely(self, input, { at = "", text = "a dialog was ended: " .. why })
  end
  local accepted = self.n
  local ok, failure, failure_code, rest = dialog.replay(self, registry, command, input)
  if ok then return rest and route(self, rest) end
  if failure_code then return unavailable(self, input, failure) end
  host.log("error", failure, { conversation = self.k, command = command.name })
  if self.n == accepted and not OWN[input.type] then transcript.accept(self, input) end
  transcript.say(self, phrases.say(self.l, "failed"))
end

local function answer(self, input)
  if self.chat then self.chat = nil end -- of a script that was thrown away
  if input.type == "person" then
    return require("prelude.takeover").carry_out(self, input.request, input.token)
  end
  local scripts, message = need(self.b)
  if not scripts then return unavailable(self, input, message) end
  if input.type == "silence" then return require("prelude.silence").due(self, input.job) end
  if self.d then
    local broken = self.broken
    if broken then
      self.broken = nil
      return end_politely(self, input, broken)
    end
    local ending = self.ending
    if ending then
      self.ending = nil
      return close_dialog(self, input, ending)
    end
    if not conversation.interrupts(self, input) then return resume_dialog(self, input) end
    dialog.finish(self, "cancelled")
    if cancels(input) then
      transcript.accept(self, input)
      return transcript.say(self, phrases.say(self.l, "cancelled"))
    end
  end
  if OWN[input.type] then return end
  return route(self, input)
end

function conversation.deliver(self, kind, a, b, c, d)
  local input = take(self, kind, a, b, c, d)
  if self.kv then self.kv = nil end
  if self.lines then self.lines = nil end
  if input then answer(self, input) end
  if self.mk then refresh(self) end
  if self.z then save(self) end
end

return conversation
