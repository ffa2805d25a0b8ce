-- Jobs as a tenant's scripts see them: work written with the turn that wants
-- it, done later by an actor of this tenant (jobs/topics.lua says which). That
-- actor gets a mail; jobs.take reads it, and one of done, retry and rest in
-- the same turn ends it. A job is mailed again when its lease runs out, so one
-- of them must be part of the turn that does the work: then what was done and
-- the end of the job are one commit, and a second mail finds nothing to end.
local host = require "host"
local json = require "json"

local jobs = {}

local BACKOFF_MS, BACKOFF_MAX_MS = 5000, 3600000
local NEVER = 8000000000000000 -- ms; a resting job waits to be armed

-- Once: a row of its own. due: ms UTC, now when left out.
function jobs.add(topic, key, body, due)
  local now = host.now()
  host.write("outbox.insert", host.new_id "job", topic, key, body, now, due or now)
  host.wake()
end

-- One row for all times, by its id: arming it twice runs it once.
function jobs.arm(id, topic, key, due)
  local now = host.now()
  host.write("outbox.arm", id, topic, key, "{}", now, due or now)
  host.wake()
end

local function timer_id(kind, key, name) return "timer/" .. kind .. "/" .. key .. "/" .. name end

-- A timer that survives everything: at `due` (ms UTC) the actor gets a mail
-- that jobs.take reads as job.timer == name, with job.data. Set again under
-- the same name it is replaced.
function jobs.timer(kind, key, name, due, data)
  local body = json.encode { name = name, data = data }
  host.write("outbox.set", timer_id(kind, key, name), "timer", kind .. "/" .. key, body, host.now(), due)
  host.wake()
end

function jobs.cancel_timer(kind, key, name) host.write("outbox.cancel", timer_id(kind, key, name)) end

-- The job of a mail, or nil when the mail is something else.
--   id topic key attempts created_at body (text); timer and data of a timer
function jobs.take(payload)
  if string.sub(payload, 1, 1) ~= "{" then return nil end
  local mail = json.decode(payload)
  if type(mail) ~= "table" or type(mail.job) ~= "table" then return nil end
  local job = mail.job
  job.body = mail.body
  if job.topic == "timer" then
    local body = json.decode(mail.body)
    job.timer, job.data = body.name, body.data
  end
  return job
end

-- Is it still ours? Waits. A job that was replaced, cancelled or claimed again
-- is not, and ending it would fail the turn.
function jobs.held(job)
  local rows, message, code = host.query("outbox.held", job.id, job.lease)
  if not rows then return nil, message, code end
  return rows[1] ~= nil
end

function jobs.done(job) host.write("outbox.done", job.id, job.lease) end

-- Again later; delay left out: twice as long as before, with jitter.
function jobs.retry(job, why, delay)
  delay = delay or math.min(BACKOFF_MS << math.min(job.attempts - 1, 20), BACKOFF_MAX_MS)
  local spread = string.unpack("<I2", host.random(2)) * delay // (65536 * 5) -- up to a fifth more
  host.write(
    "outbox.retry",
    job.id,
    job.lease,
    host.now() + delay + spread,
    string.sub(tostring(why), 1, 300)
  )
end

-- The end of one run of an armed job; it comes again at `due`, or when armed.
function jobs.rest(job, due)
  local now = host.now()
  host.write("outbox.rest", job.id, job.lease, job.version, due or NEVER, now)
  host.wake()
end

-- A longer lease, for a run that takes its time; commit it at once.
function jobs.extend(job, ms)
  local lease = host.now() + ms
  host.write("outbox.extend", job.id, job.lease, lease)
  job.lease = lease
end

return jobs
