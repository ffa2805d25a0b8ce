-- What a rehearsal changes for the scripts that run in it: values from outside
-- are those of the recording. It is played on a stage whose store is in memory
-- (runtime/play/study.c); a server that serves never loads this file.
local host = require "host"
local json = require "json"
local steps = require "prelude.steps"
local transcript = require "prelude.transcript"

local rehearsal = {}

-- Made again from what the rehearsal has: the business, the conversation, the clock.
local REMADE = { answer = true, get = true, is_open = true }
-- Carried out again (in the store of the rehearsal), for what handlers say to it.
local REPEATED = { callback = true, lead = true, rating = true, ticket = true }

-- A dialog begins: the log of the one that the recording began at this turn.
-- The player names its turns by their cid. nil when this is no rehearsal.
function rehearsal.begin(chat)
  local log = chat.self.rehearsal
  if not log then return nil end
  local dialog = log[transcript.last_cid(chat.self) or ""]
  if dialog and dialog.command and dialog.command ~= chat.command then dialog = nil end
  log.open = { kinds = dialog and dialog.kinds or {}, taken = {} } -- also for its replays
  return log.open
end

-- "commands/order.lua:12": the script's line that is running.
local function where()
  for level = 3, 14 do
    local _, position = pcall(error, "", level)
    local file, line = string.match(tostring(position), "^([%l]+/[%w_]+%.lua):(%d+): $")
    if file and not string.find(file, "^prelude/") then return file .. ":" .. line end
  end
  return nil
end

local function tell_left(chat, kind, ends)
  host.emit(json.encode {
    type = "rehearsal",
    left = { command = chat.command, step = chat.i, kind = kind, at = where(), ends = ends },
  })
end

-- The next logged value of this kind, wrapped; nil when the log has no more.
local function take(chat, kind)
  local log = chat.rehearsal
  local n = (log.taken[kind] or 0) + 1
  log.taken[kind] = n
  return log.kinds[kind] and log.kinds[kind][n]
end

-- The value of a step: the log's. One that is not there is made up from what
-- the rehearsal has, such as the clock, and told.
function rehearsal.value(chat, kind, produce, ...)
  if REMADE[kind] then return produce(chat, ...) end
  local logged = take(chat, kind)
  if logged and not REPEATED[kind] then return logged.v end
  local value = produce(chat, ...)
  if logged then return logged.v end
  if not REPEATED[kind] then tell_left(chat, kind, false) end
  return value
end

-- A step that calls outside: true and the log's answer; where it has none the
-- rehearsal of the dialog ends. false: not such a step.
function rehearsal.outside(chat, i, kind)
  if not string.find(kind, "^http%.") and kind ~= "store.incr" then return false end
  local logged = take(chat, kind)
  if not logged then
    tell_left(chat, kind, true)
    error(("the recording has no answer to '%s' here"):format(kind), 0)
  end
  steps.record(chat, i, kind, logged.v)
  return true, logged.v
end

return rehearsal
