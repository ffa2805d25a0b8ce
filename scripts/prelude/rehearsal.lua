-- What a rehearsal changes for the scripts that run in it: values from outside
-- are those of the recording. It is played on a stage whose store is in memory
-- (runtime/play/study.c); a server that serves never loads this file.
local host = require "host"
local json = require "json"
local position = require "prelude.position"
local steps = require "prelude.steps"
local text = require "lib.text"
local transcript = require "prelude.transcript"

local rehearsal = {}

-- Made again from what the rehearsal has: the business, the conversation, the clock.
local REMADE = { answer = true, get = true, is_open = true }
-- Carried out again (in the store of the rehearsal), for what handlers say to it.
local REPEATED = { callback = true, lead = true, rating = true, ticket = true }

-- Calls to the outside, and counts, which are shared with others.
local OUTSIDE = {
  ["http.get"] = "http",
  ["http.post"] = "http",
  ["store.incr"] = "store",
  ["webhook.post"] = "webhook",
}

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

local function tell_left(chat, kind, ends)
  local at = position()
  host.emit(json.encode {
    type = "rehearsal",
    left = { command = chat.command, step = chat.i, kind = kind, at = at ~= "" and at or nil, ends = ends },
  })
end

local TEXT_MAX = 300
-- Fields of events that each play makes anew, or that say nothing of a difference.
local OWN = {
  id = true,
  bot = true,
  conversation = true,
  visitor = true,
  handover = true,
  number = true,
  created_at = true,
  updated_at = true,
}

local function add_fields(parts, value, prefix)
  for key, entry in pairs(value) do
    if type(entry) == "table" then
      add_fields(parts, entry, prefix .. key .. ".")
    elseif not OWN[key] and entry ~= json.null then
      parts[#parts + 1] = prefix .. key .. "=" .. tostring(entry)
    end
  end
  return parts
end

-- "email=ada@example.org name=Ada": the fields of a table as a person reads them.
function rehearsal.fields(value) return table.concat(add_fields({}, value, ""), " ") end

-- Tells the player of something that the turn does beside its messages.
--   kind: command, event, webhook, http, store, error
function rehearsal.note(kind, said)
  host.emit(json.encode { type = "rehearsal", effect = { kind = kind, text = text.cut(said, TEXT_MAX) } })
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
-- rehearsal of the dialog ends. false: not such a step. detail: what is called.
function rehearsal.outside(chat, i, kind, detail)
  if not OUTSIDE[kind] then return false end
  rehearsal.note(OUTSIDE[kind], kind .. " " .. (detail or ""))
  local logged = take(chat, kind)
  if not logged then
    tell_left(chat, kind, true)
    error(("the recording has no answer to '%s' here"):format(kind), 0)
  end
  steps.record(chat, i, kind, logged.v)
  return true, logged.v
end

return rehearsal
