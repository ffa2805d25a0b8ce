-- A bot's daily job: recordings that are old enough go (prelude/recordings).
local host = require "host"
local jobs = require "prelude.jobs"
local recordings = require "prelude.recordings"
local time = require "lib.time"

local actor = {}

local LEASE_MS, REST_MS = 60000, 1000

-- k: the bot's id; m, at: how far this night's run has come (retention/walk)
function actor.new(kind, key) return { kind = kind, k = key } end

function actor.deliver(self, kind, payload)
  local job = kind == "mail" and jobs.take(payload)
  if not job or not jobs.held(job) then return host.stop() end
  jobs.extend(job, LEASE_MS)
  host.commit()
  self.m, self.at = self.m or {}, self.at or host.now()
  local removed, message = recordings.prune(self.k, self.at, self.m)
  if removed then
    jobs.rest(job, host.now() + time.DAY)
  elseif removed == false then
    return jobs.rest(job, host.now() + REST_MS)
  else
    jobs.retry(job, message)
  end
  host.stop()
end

return actor
