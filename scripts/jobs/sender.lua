-- One endpoint's sender: its queue is its own, so a receiver that hangs holds
-- up nobody else. Deliveries go out by the time at which they are due, first
-- tries in the order of the events; of one conversation never two at once. A
-- delivery that failed waits for its next try while later ones go on: the
-- header azentiko-sequence tells their order.
local host = require "host"
local jobs = require "prelude.jobs"
local ledger = require "hooks.ledger"
local outcome = require "hooks.outcome"
local reshape = require "hooks.reshape"
local target = require "hooks.target"

local sender = {}

local TAKE = 64 -- deliveries in memory
local TAKES = 3 -- in one turn; then its CPU time begins anew
local WIDTH_MAX = 4 -- requests at once; begins at one and doubles with success
local RUN_MS = 30000
local LEASE_MS, LEASE_LEFT = 30000, 24000 -- a request takes at most 20 s
local BUSY_MS = 1000 -- too many requests of this tenant: later
local REPORT_MS = 3600000 -- a script's fault is reported so often

-- w requests at once; f when a fault was reported last
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

-- Takes up to self.w deliveries off the front, at most one of a conversation.
local function pick(self, rows)
  local group, rest, taken = {}, {}, {}
  for _, row in ipairs(rows) do
    if #group < self.w and not (row.subject and taken[row.subject]) then
      group[#group + 1] = row
    else
      rest[#rest + 1] = row
    end
    if row.subject then taken[row.subject] = true end
  end
  return group, rest
end

-- Sends one group and writes what became of it. false: enough for now.
local function send(self, endpoint, group)
  local requests, sent, now = {}, {}, host.now()
  for _, delivery in ipairs(group) do
    local to, message = target.of(endpoint, now)
    if not to then
      outcome.record(endpoint, delivery, { error = message }, now)
    else
      local body = body_of(self, endpoint, to, delivery)
      if body then
        requests[#requests + 1] = target.request(to, self.k, delivery.event, delivery.n, body, now)
        sent[#sent + 1] = delivery
      end
    end
  end
  host.commit()
  if not requests[1] then return true end
  local answers = host.http(requests)
  if not answers then return false end
  local before = { failures = endpoint.failures, paused_until = endpoint.paused_until }
  local all_good, refused = true, false
  now = host.now()
  for i, answer in ipairs(answers) do
    if answer.code == "limit" and not answer.status and answer.ms == 0 then
      refused = true -- our own bound: not an attempt
    elseif not outcome.record(endpoint, sent[i], answer, now) then
      all_good = false
    end
  end
  outcome.health(endpoint, before, now)
  host.commit()
  self.w = all_good and math.min(self.w * 2, WIDTH_MAX) or 1
  return not refused
end

-- Works on the queue for a while; returns when to come back, nil: when armed.
local function work(self, endpoint, job)
  local begun = host.now()
  for _ = 1, TAKES do
    local now = host.now()
    if endpoint.state ~= "on" then return nil end
    if endpoint.paused_until > now then return endpoint.paused_until end
    local rows = host.query("delivery.due", self.k, now, TAKE)
    if not rows then return now + BUSY_MS end
    if not rows[1] then
      local next_rows = host.query("delivery.next_due", self.k)
      return next_rows and next_rows[1] and next_rows[1].due_at
    end
    while rows[1] do
      local group
      group, rows = pick(self, rows)
      if not send(self, endpoint, group) then return host.now() + BUSY_MS end
      -- read anew: its owner may have given it another secret or turned it off
      local fresh = host.query("endpoint.get", self.k)
      if not fresh or not fresh[1] then return host.now() + BUSY_MS end
      endpoint = fresh[1]
      if endpoint.state ~= "on" or endpoint.paused_until > host.now() then break end
      if host.now() - begun > RUN_MS then return host.now() end
      if job.lease - host.now() < LEASE_LEFT then
        jobs.extend(job, LEASE_MS)
        host.commit()
      end
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
