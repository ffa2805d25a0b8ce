-- How long conversations can be rehearsed: the visitor's real inputs and the
-- steps of dialogs that have ended go after so many days, or when so many
-- newer conversations are there. The messages themselves stay. With them go
-- versions that nobody needs any longer, and old lines of the script log. Some conversations at a time, each a
-- commit of its own, so that no visitor waits for a large one.
local host = require "host"
local ids = require "retention.ids"
local jobs = require "prelude.jobs"
local plan = require "retention.plan"
local script_log = require "prelude.script_log"
local time = require "lib.time"
local walk = require "retention.walk"

local recordings = {}

local COUNT <const> = 10000

-- The bot's daily job, from its making on; a second call changes nothing.
function recordings.arm(bot) jobs.arm("recordings/" .. bot, "recordings", bot, host.now() + time.DAY) end

function recordings.id_at(ms) return ids.at("conv", ms) end

-- Forgets the recordings of a bot as of `now`; false when there are more (marks says
-- how far it has come), nil, message, code when the store is away.
function recordings.prune(bot, now, marks)
  local days, message, code = plan.days()
  if not days then return nil, message, code end
  local before = recordings.id_at(now - days.recordings * time.DAY)
  local rows
  rows, message, code = host.query("recording.nth", bot, COUNT)
  if not rows then return nil, message, code end
  if rows[1] and rows[1].id > before then before = rows[1].id end
  local budget = walk.budget(marks)
  local done
  done, message, code = walk.through(
    budget,
    "dialogs",
    "",
    function(after) return host.query("retention.dialog_next", after, before, walk.ROWS) end,
    function(after, to)
      host.write("retention.forget_steps", bot, after, to)
      host.write("retention.forget_dialogs", bot, after, to)
    end
  )
  if not done then return done, message, code end
  done, message, code = walk.through(
    budget,
    "inputs",
    "",
    function(after) return host.query("retention.input_next", after, before, walk.ROWS) end,
    function(after, to) host.write("retention.forget_inputs", bot, after, to) end
  )
  if not done then return done, message, code end
  script_log.prune(bot)
  return require "prelude.version_retention"(bot, before)
end

return recordings
