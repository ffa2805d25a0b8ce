-- The node's one claimer of due jobs, in the system state of one worker. The
-- engine mails it when a turn wrote a job, and once a second: that finds jobs
-- of other nodes and those whose lease ran out. It takes rows under a lease
-- and mails each to the actor that does it, in the row's tenant's own state;
-- that actor ends the row in its own turn (prelude/jobs.lua), so what a job
-- does and the end of the job commit together. A mail that is refused or lost
-- costs nothing but time: the lease runs out and the row is claimed again.
local host = require "host"
local json = require "json"
local topics = require "jobs.topics"

local claimer = {}

local LEASE_MS = 30000 -- longer than one outgoing request may take
local BATCH, ROUNDS = 64, 8 -- then others have their turn
local EACH = 16 -- of one kind of work of one tenant, while there is more than one claim takes
local REST_MS = 10 -- between two visits while there is more
local LOOK_MS = 1000 -- the engine wakes us so often anyway
local UNKNOWN_MS = 3600000 -- a topic of newer scripts waits for them
local PRUNE_EVERY_MS, KEEP_DEAD_MS = 3600000, 30 * 24 * 3600000

function claimer.new(kind) return { kind = kind } end

local function bury(row, now, why)
  host.log("error", "job given up: " .. why, { owner = row.tenant, job = row.id, topic = row.topic })
  host.write("outbox.bury", row.tenant, row.id, row.lease_until, now, why)
end

local function dispatch(row, now)
  local topic = topics[row.topic]
  if not topic then
    return host.write("outbox.put_back", row.tenant, row.id, row.lease_until, now + UNKNOWN_MS)
  end
  if row.attempts > topic.attempts then return bury(row, now, "tried " .. (row.attempts - 1) .. " times") end
  local kind, key = topic.actor(row)
  if not kind then return bury(row, now, "nobody can do it") end
  local job = {
    id = row.id,
    topic = row.topic,
    key = row.key,
    attempts = row.attempts,
    lease = row.lease_until,
    version = row.version,
    created_at = row.created_at,
  }
  host.post(row.tenant, kind, key, json.encode { job = job, body = row.body })
end

-- One batch; true when there may be more. self.crowded: the last batch was
-- full, so who has much to do must not hold up others.
local function claim(self)
  local now = host.now()
  if self.crowded then
    host.write("outbox.claim_crowded", now, now + LEASE_MS, BATCH, EACH)
  else
    host.write("outbox.claim", now, now + LEASE_MS, BATCH)
  end
  local _, rows = host.commit()
  local count = rows and #rows or 0
  self.crowded = self.crowded and count > 0 or count == BATCH
  if count == 0 then return false end
  table.sort(
    rows,
    function(a, b) return a.created_at < b.created_at or (a.created_at == b.created_at and a.id < b.id) end
  )
  for _, row in ipairs(rows) do
    dispatch(row, now)
  end
  host.commit() -- the mails leave
  return self.crowded
end

local function prune(self)
  local now = host.now()
  if self.pruned and now - self.pruned < PRUNE_EVERY_MS then return end
  self.pruned = now
  host.write("outbox.prune", now - KEEP_DEAD_MS)
  host.send("sweeper", "files", "sweep")
end

local function look(self)
  prune(self)
  for _ = 1, ROUNDS do
    if not claim(self) then
      local rows = host.query "outbox.next_due"
      local due = rows and rows[1] and rows[1].due_at
      local wait = due and due - host.now()
      if wait and wait < LOOK_MS then host.timer("look", math.max(wait, 1)) end
      return
    end
  end
  host.timer("look", REST_MS)
end

-- "mail" or "timer": look; the first mail of a process says "start". "failed":
-- the store was away; the next wake comes.
function claimer.deliver(self, kind, text)
  if kind == "mail" and text == "start" then host.write("outbox.release", host.now()) end
  if kind == "mail" or kind == "timer" then look(self) end
end

return claimer
