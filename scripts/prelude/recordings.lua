-- How long conversations can be rehearsed: the visitor's real inputs and the
-- steps of dialogs that have ended go after so many days, or when so many
-- newer conversations are there. The messages themselves stay. With them go
-- versions that nobody needs any longer, and old lines of the script log.
local host = require "host"
local json = require "json"
local jobs = require "prelude.jobs"
local script_log = require "prelude.script_log"
local time = require "lib.time"

local recordings = {}

local DAYS, DAYS_MAX = 30, 400
local COUNT <const> = 10000
local LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"

-- The bot's daily job, from its making on; a second call changes nothing.
function recordings.arm(bot) jobs.arm("recordings/" .. bot, "recordings", bot, host.now() + time.DAY) end

local function days()
  local rows = host.query "tenant.get"
  local settings = rows and rows[1] and json.decode(rows[1].settings or "{}") or {}
  local plan = type(settings.retention) == "table" and math.tointeger(settings.retention.recordings)
  return plan and plan >= 1 and math.min(plan, DAYS_MAX) or DAYS
end

-- The id that a conversation of this moment would have, cut short: it sorts
-- before all that came later. Ids are UUIDv7: 48 bits of time first.
function recordings.id_at(ms)
  local letters = {}
  for i = 10, 1, -1 do
    local at = ms % 32 + 1
    letters[i], ms = string.sub(LETTERS, at, at), ms // 32
  end
  return "conv_" .. table.concat(letters)
end

-- Writes what forgets the recordings of a bot; nil, message, code when the store is away.
function recordings.prune(bot)
  local before = recordings.id_at(host.now() - days() * time.DAY)
  local rows, message, code = host.query("recording.nth", bot, COUNT)
  if not rows then return nil, message, code end
  if rows[1] and rows[1].id > before then before = rows[1].id end
  host.write("recording.forget_steps", bot, before)
  host.write("recording.forget_dialogs", bot, before)
  host.write("recording.forget_inputs", bot, before)
  script_log.prune(bot)
  return require "prelude.version_retention"(bot, before)
end

return recordings
