-- A bot's daily job: recordings that are old enough go (prelude/recordings).
local host = require "host"
local jobs = require "prelude.jobs"
local recordings = require "prelude.recordings"
local time = require "lib.time"

local actor = {}

-- k: the bot's id
function actor.new(kind, key) return { kind = kind, k = key } end

function actor.deliver(self, kind, payload)
  local job = kind == "mail" and jobs.take(payload)
  if not job then return host.stop() end
  local removed, message = recordings.prune(self.k)
  if removed then
    jobs.rest(job, host.now() + time.DAY)
  else
    jobs.retry(job, message)
  end
  host.stop()
end

return actor
