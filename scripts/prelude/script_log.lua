-- The script log of a bot: lines of `log.info` and its like and the faults of
-- its scripts, rows that commit with the turn. Bounded three ways: lines a
-- turn, lines a minute for each bot (log_lines of the plan), and rows kept.
-- When a minute is over in which lines were left out, one says how many.
local host = require "host"
local plan = require "prelude.plan"
local text = require "lib.text"

local script_log = {}

local LEVELS = { info = 1, warn = 2, error = 3 }
local MESSAGE_MAX, POSITION_MAX = 500, 200 -- characters
local TURN_MAX = 20
local KEEP_ROWS, KEEP_MS = 1000, 14 * 86400000
local PRUNE_EVERY = 100 -- lines of a bot in this state

local last_ms, serial = 0, 0 -- of the newest id of this state

-- Ids sort in the order in which lines were written, also within a millisecond
-- and when the clock was set back.
local function new_id()
  local now = host.now()
  if now > last_ms then
    last_ms, serial = now, 0
  end
  serial = serial + 1
  return ("log_%012x%06x%s"):format(last_ms, serial, string.sub(host.new_id "log", -6))
end

-- cache: bot -> { minute, lines, left_out, written, version, told = minute of which the tenant's actor knows }
local minutes = {}

local function insert(self, version, level, message, position)
  host.write(
    "script_log.insert",
    self.b,
    new_id(),
    LEVELS[level],
    host.now(),
    text.cut(message, MESSAGE_MAX),
    text.cut(position, POSITION_MAX),
    self.k,
    version
  )
end

-- Forgets what is too old or too much: with every so many lines, and daily
-- (prelude/recordings) for a bot that is silent.
function script_log.prune(bot) host.write("script_log.prune", bot, KEEP_ROWS, host.now() - KEEP_MS) end

local function tell(bot, count)
  local message = count.left_out .. " lines were left out: too many in a minute or in a turn"
  count.left_out = 0
  host.write("script_log.insert", bot, new_id(), LEVELS.warn, host.now(), message, "", nil, count.version)
end

-- The tenant's own actor, asked by leave_out(): a minute is over.
function script_log.tell_left_out()
  for bot, count in pairs(minutes) do
    if count.left_out > 0 then tell(bot, count) end
  end
end

local function leave_out(count, version)
  count.left_out, count.version = count.left_out + 1, version
  if count.told == count.minute then return end
  count.told = count.minute
  host.send("tenant", "self", "script_log")
end

-- What the bot has written in this minute.
local function count_of(bot)
  local minute, count = host.now() // 60000, minutes[bot]
  if not count then
    count = { minute = minute, lines = 0, left_out = 0, written = 0 }
    minutes[bot] = count
  end
  if count.minute ~= minute then
    count.minute, count.lines = minute, 0
    if count.left_out > 0 then tell(bot, count) end
  end
  return count
end

-- True when the bot may write another line in this minute.
local function admit(self, count)
  if count.lines >= plan.limit "log_lines" then return false end
  count.lines, count.written = count.lines + 1, count.written + 1
  if count.written % PRUNE_EVERY == 1 then script_log.prune(self.b) end
  return true
end

-- One line. self: the conversation that it is about.
function script_log.add(self, version, level, message, position)
  if self.e or not self.b then return end
  self.lines = (self.lines or 0) + 1 -- of this turn: actors/conversation sets it back
  local count = count_of(self.b)
  if self.lines > TURN_MAX or not utf8.len(message) or not admit(self, count) then
    return leave_out(count, version)
  end
  insert(self, version, level, message, position)
end

-- A script failed: "commands/x.lua:3: what went wrong" is told with its place.
function script_log.fault(self, registry, message)
  message = tostring(message)
  if self.rehearsal then require("prelude.rehearsal").note("error", message) end
  local position, rest = string.match(message, "^([%w_%-%./]+:%d+): (.*)$")
  script_log.add(self, registry.version, "error", rest or message, position or "")
end

return script_log
