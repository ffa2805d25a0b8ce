-- The tenant's one sender of mail: one message after the other, each outcome
-- committed before the next. What the server took but we could not write down
-- (a kill between the two) is sent again with the same Message-ID; SMTP has no
-- way to ask. While the server is away nothing counts as a try of the others.
local host = require "host"
local fault = require "lib.fault"
local json = require "json"
local jobs = require "prelude.jobs"
local ledger = require "hooks.ledger"
local notices = require "mail.notices"
local outgoing = require "mail.outgoing"

local mailer = {}

local S, M, H = 1000, 60000, 3600000
local DELAYS = { 30 * S, 2 * M, 10 * M, 30 * M, 1 * H, 2 * H, 4 * H, 8 * H, 12 * H, 20 * H } -- two days
local AWAY_MS, AWAY_MAX = 30 * S, 10 * M -- the server cannot be used: everything rests, ever longer
local BUSY_MS = 1500
local TAKE, TAKES = 8, 2 -- then the turn's CPU time begins anew
local REFUSED_MAX = 3 -- refusals for good in a row, then the recipient is off
local TELL_MS = H -- the operator's log says so often that the server is away

-- w: the server was away so often in a row; p: no try before; t: when the log said so
function mailer.new(kind) return { kind = kind, w = 0, p = 0 } end

local function scaled(ms) return ms // (math.tointeger(tonumber(host.setting "webhook_scale" or "1")) or 1) end

local function jitter(ms) return ms + string.unpack("<I2", host.random(2)) * ms // 655360 end

local function lease_ms()
  local timeout = math.tointeger(tonumber(host.setting "mail_timeout_ms" or "")) or 60000
  return 2 * timeout + 15 * S -- one may wait for its turn as long as it may take
end

local function ended(row, state, attempts, due, answer, now)
  local why = answer.error ~= "" and answer.error or nil
  local status = answer.status ~= 0 and answer.status or nil
  host.write("mail.tried", row.id, state, attempts, due, status, why, now)
  if row.kind == "digest" and state ~= "waiting" then host.write("mail.digest_ended", row.id, state, now) end
end

-- Tells the client by the other ways there are; once when it begins, once at the end.
local function tell(person, reason, over)
  ledger.write({}, "limit.warning", {
    what = "mail",
    recipient = person.id,
    email = person.email,
    reason = reason,
    switched_off = over,
  })
end

local function refused(account, row, answer, now)
  ended(row, "failed", row.attempts + 1, now, answer, now)
  local person = row.recipient and account.people[row.recipient]
  if not person then return end
  person.failures = person.failures + 1
  local over = person.failures >= REFUSED_MAX
  person.state = over and "off" or person.state
  person.reason = "mail was refused for good: " .. answer.error
  host.write("mail_recipient.failed", person.id, person.failures, person.state, person.reason, now)
  if over or person.failures == 1 then tell(person, person.reason, over) end
end

local function later(row, answer, now)
  local n = row.attempts + 1
  local wait = DELAYS[n]
  if not wait then
    answer.error = "given up after " .. n .. " tries: " .. answer.error
    return ended(row, "failed", n, now, answer, now)
  end
  ended(row, "waiting", n, now + jitter(scaled(wait)), answer, now)
end

local function sent(self, account, row, answer, now)
  ended(row, "sent", row.attempts + 1, now, { status = answer.status, error = "" }, now)
  self.w = 0
  local person = row.recipient and account.people[row.recipient]
  if person and person.failures > 0 then
    person.failures = 0
    host.write("mail_recipient.failed", person.id, 0, person.state, nil, now)
  end
end

-- The server, not this message: all of them wait. The row keeps its count, but
-- says why it still waits.
local function away(self, row, answer, now)
  if now - row.created_at > scaled(48 * H) then
    answer.error = "given up after two days: " .. answer.error
    return ended(row, "failed", row.attempts, now, answer, now)
  end
  ended(row, "waiting", row.attempts, now, answer, now)
  local rest = math.min(AWAY_MS << math.min(self.w, 10), AWAY_MAX)
  self.w, self.p = self.w + 1, now + jitter(scaled(rest))
  if not self.t or now - self.t > TELL_MS then
    self.t = now
    host.log("error", "the mail server cannot be used: " .. answer.error, { status = answer.status })
  end
end

-- Writes what became of one message; returns when to come back, where it must rest.
local function record(self, account, row, answer, now)
  if answer.verdict == "sent" then
    sent(self, account, row, answer, now)
  elseif answer.verdict == "refused" then
    refused(account, row, answer, now)
  elseif answer.verdict == "busy" then
    return now + BUSY_MS
  elseif answer.verdict == "away" then
    away(self, row, answer, now)
    return self.p > now and self.p or nil
  else
    later(row, answer, now)
  end
  return nil
end

-- The message; a template that fails (an operator may have changed it) must not
-- hold up what waits behind it.
local function message_of(account, row)
  local ok, built, why, code = pcall(outgoing.message, account, row)
  if ok then return built, why, code end
  why = "this mail could not be made: " .. fault(built)
  host.log("error", why, { mail = row.id, kind = row.kind })
  return nil, why, "failed"
end

-- nil: go on; a time: rest until then; false: the store is away.
local function send(self, account, row, job)
  local built, why, code = message_of(account, row)
  if not built and not code then return false end
  if not built then
    local state = code == "failed" and "failed" or "off"
    ended(row, state, row.attempts, host.now(), { error = why }, host.now())
    host.commit()
    return nil
  end
  jobs.extend(job, lease_ms())
  host.commit()
  local text = host.mail(row.address, built)
  local answer = text and json.decode(text)
  if not answer then return host.now() + BUSY_MS end -- it says so itself at the next start
  local rest = record(self, account, row, answer, host.now())
  host.commit()
  return rest
end

-- Makes one mail of what was collected for each person and is due.
local function gather(now)
  local rows = host.query("mail.collected", now)
  for _, row in ipairs(rows or {}) do
    local id = row.first .. "_digest" -- a second time a conflict
    host.write(
      "mail.insert_new",
      id,
      "digest",
      row.recipient,
      row.address,
      row.language,
      nil,
      nil,
      nil,
      "waiting",
      now,
      nil,
      now
    )
    host.write("mail.gather", row.recipient, now, id)
  end
  host.commit()
end

-- Works on the queue for a while; when to come back, nil: when armed.
local function work(self, job)
  local now = host.now()
  if not notices.is_on() then
    host.write("mail.switch_off", now, notices.OFF)
    return nil
  end
  if self.p > now then return self.p end
  gather(now)
  local account = outgoing.account()
  if not account then return now + BUSY_MS end
  for _ = 1, TAKES do
    local rows = host.query("mail.due", host.now(), TAKE)
    if not rows then return host.now() + BUSY_MS end
    if not rows[1] then
      local next_rows = host.query "mail.next_due"
      return next_rows and next_rows[1] and next_rows[1].due_at
    end
    for _, row in ipairs(rows) do
      local rest = send(self, account, row, job)
      if rest == false then return host.now() + BUSY_MS end
      if rest then return rest end
    end
  end
  return host.now()
end

local function run(self, job)
  if not jobs.held(job) then return end -- nil, too: the store is away, the lease runs out
  local due = work(self, job)
  jobs.rest(job, due)
end

function mailer.deliver(self, kind, payload)
  local job = kind == "mail" and jobs.take(payload)
  if job then run(self, job) end
end

return mailer
