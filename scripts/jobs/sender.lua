-- One endpoint's sender: its queue is its own, so a receiver that hangs holds
-- up nobody else. Deliveries go out by the time at which they are due, first
-- tries in the order of the events; of one conversation never two at once. A
-- delivery that failed waits for its next try while later ones go on: the
-- header azentiko-sequence tells their order.
--
-- They leave in groups, whose results are one commit. A group begins at one and
-- doubles while everything is taken quickly; a failure ends it, and the next is one again.
local host = require "host"
local jobs = require "prelude.jobs"
local ledger = require "hooks.ledger"
local outcome = require "hooks.outcome"
local reshape = require "hooks.reshape"
local target = require "hooks.target"

local sender = {}

local GROUP_MAX, SHAPED_MAX = 32, 16 -- deliveries of one group; of a webhook with code of its own
local GROUP_CHARS = 131072 -- of their bodies; in memory, and host.http takes 1 MiB
local AT_ONCE = 4 -- requests
local QUICK_MS = 500 -- a group that takes longer is not doubled
local GROUPS, SHAPED_GROUPS = 24, 3 -- in one turn; then its CPU time begins anew
local RUN_MS = 30000
local LEASE_MS, LEASE_LEFT = 30000, 24000 -- a request takes at most 20 s
local BUSY_MS = 1000 -- too many requests of this tenant: later
local REPORT_MS = 3600000 -- a script's fault is reported so often

-- w deliveries of the next group; f when a fault was reported last
function sender.new(kind, key) return { kind = kind, k = key, w = 1 } end

local function report(self, endpoint, delivery, message, now)
  host.log("error", "webhook '" .. endpoint.script .. "': " .. message, { event = delivery.event })
  if delivery.type == "script.failed" or (self.f and now - self.f < REPORT_MS) then return end
  self.f = now
  ledger.write({ bot = delivery.bot }, "script.failed", { webhook = endpoint.script, error = message })
end

-- The text to send, or nil when the script does not want it sent.
local function body_of(self, endpoint, to, delivery)
  local now = host.now()
  if not to.hook or delivery.shaped or not reshape.wanted(to.hook) then return delivery.body end
  local verdict, text = "failed", "the transform was stopped: it took too long or too much memory"
  if delivery.state == "waiting" then
    host.write("delivery.shape", self.k, delivery.event, "shaping", nil, now)
    host.commit() -- so that it is known if this kills us
    verdict, text = reshape.run(to.hook, delivery.body)
  end
  if verdict == "skip" then
    host.write("delivery.shape", self.k, delivery.event, "skipped", nil, now)
    return nil
  end
  if verdict == "failed" then
    report(self, endpoint, delivery, text, now)
    text = nil
  end
  host.write("delivery.shape", self.k, delivery.event, "waiting", text or delivery.body, now)
  return text or delivery.body
end

-- The requests of a group and the deliveries that they are.
local function prepare(self, endpoint, to, rows, now)
  local requests, sent = {}, {}
  for _, delivery in ipairs(rows) do
    local body = body_of(self, endpoint, to, delivery)
    if body then
      local request = target.request(to, self.k, delivery.event, delivery.n, body, now)
      sent[#sent + 1] = delivery
      requests[#sent] = target.grouped(request, delivery, math.min(#rows, AT_ONCE))
    end
  end
  return requests, sent
end

-- Writes what became of a group: were all taken, and was one not even begun
-- because of our own bounds?
local function settle(endpoint, sent, answers)
  local before, now = outcome.before(endpoint), host.now()
  local all_good, begun = true, false
  for i, answer in ipairs(answers) do
    if answer.code == "limit" and not answer.status and answer.ms == 0 then
      all_good = false -- not an attempt
    else
      begun = true
      all_good = outcome.record(endpoint, sent[i], answer, now) and all_good
    end
  end
  outcome.health(endpoint, before, now)
  host.commit()
  return all_good, begun
end

-- Sends one group and writes what became of it. false: enough for now.
local function send(self, endpoint, rows)
  local begun_at = host.now()
  local to, message = target.of(endpoint, begun_at)
  if not to then
    local before = outcome.before(endpoint)
    self.w = 1
    outcome.record(endpoint, rows[1], { error = message }, begun_at)
    outcome.health(endpoint, before, begun_at)
    host.commit()
    return true
  end
  local requests, sent = prepare(self, endpoint, to, rows, begun_at)
  host.commit()
  if not requests[1] then return true end
  local answers = host.http(requests)
  if not answers then return false end
  local all_good, begun = settle(endpoint, sent, answers)
  local most = to.hook and reshape.wanted(to.hook) and SHAPED_MAX or GROUP_MAX
  if not all_good then
    self.w = 1
  elseif host.now() - begun_at < QUICK_MS then
    self.w = math.min(self.w * 2, most)
  end
  return begun
end

-- The next group; or nil and when to come back, nil: when armed.
local function next_group(self, endpoint)
  local now = host.now()
  if endpoint.state ~= "on" then return nil end
  if endpoint.paused_until > now then return nil, endpoint.paused_until end
  local rows = host.query("delivery.due", self.k, now, self.w, GROUP_CHARS)
  if not rows then return nil, now + BUSY_MS end
  if rows[1] then return rows end
  local next_rows = host.query("delivery.next_due", self.k)
  if not next_rows then return nil, now + BUSY_MS end
  return nil, next_rows[1] and next_rows[1].due_at
end

-- Works on the queue for a while; returns when to come back, nil: when armed.
local function work(self, endpoint, job)
  local begun = host.now()
  for _ = 1, endpoint.script and SHAPED_GROUPS or GROUPS do
    local rows, due = next_group(self, endpoint)
    if not rows then return due end
    if not send(self, endpoint, rows) then return host.now() + BUSY_MS end
    -- read anew: its owner may have given it another secret or turned it off
    local fresh = host.query("endpoint.get", self.k)
    if not fresh or not fresh[1] then return host.now() + BUSY_MS end
    endpoint = fresh[1]
    if host.now() - begun > RUN_MS then break end
    if job.lease - host.now() < LEASE_LEFT then
      jobs.extend(job, LEASE_MS)
      host.commit()
    end
  end
  return host.now()
end

local function run(self, job)
  if not jobs.held(job) then return end -- nil, too: the store is away, the lease runs out
  local rows = host.query("endpoint.get", self.k)
  if not rows then return jobs.retry(job, "the store is away", BUSY_MS) end
  if not rows[1] then return jobs.done(job) end
  local due = work(self, rows[1], job)
  jobs.rest(job, due)
end

-- "failed" with "internal": a script of the client has killed the turn that
-- shaped its event. The row says which one, so it goes on at once.
function sender.deliver(self, kind, a, code, was, text)
  local payload = kind == "mail" and a or (kind == "failed" and was == "mail" and code == "internal" and text)
  local job = payload and jobs.take(payload)
  if job then run(self, job) end
end

return sender
