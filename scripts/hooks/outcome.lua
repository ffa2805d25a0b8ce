-- What one attempt means: for its delivery, and for the endpoint.
local host = require "host"
local ledger = require "hooks.ledger"
local schedule = require "hooks.schedule"

local outcome = {}

local ANSWER_BYTES = 1024

-- The first kilobyte as valid UTF-8.
local function excerpt(body)
  if not body or body == "" then return nil end
  local s = string.gsub(string.sub(body, 1, ANSWER_BYTES), "\0", " ")
  local _, bad = utf8.len(s)
  while bad do
    s = string.sub(s, 1, bad - 1) .. "?" .. string.sub(s, bad + 1)
    _, bad = utf8.len(s)
  end
  return s
end

local function header(answer, name)
  return string.match(
    "\n" .. (answer.headers or ""),
    "\n" .. string.gsub(name, "%-", "%%-") .. ": ([^\n]*)\n"
  )
end

local function why(answer)
  if answer.error then return answer.error end
  if answer.status >= 300 and answer.status < 400 then return "redirects are not followed" end
  return nil
end

-- Turns an endpoint off and tells its owner by the other ways there are.
function outcome.switch_off(endpoint, reason, now)
  endpoint.state = "off"
  host.write("endpoint.switch", endpoint.id, "off", reason, now)
  ledger.write({}, "limit.warning", {
    what = "webhook",
    endpoint = endpoint.id,
    url = endpoint.url and string.match(endpoint.url, "^[^?#]*"),
    reason = reason,
  })
end

local function failed(endpoint, delivery, answer, now)
  local n = delivery.attempts + 1
  local wait = schedule.delay(n)
  local slow = schedule.slow_down(answer.status, header(answer, "retry-after"), now)
  if slow then
    endpoint.paused_until = math.max(endpoint.paused_until, now + slow)
    if wait then wait = math.max(wait, slow) end
  end
  if answer.status == 410 then wait = nil end
  host.write(
    "delivery.tried",
    endpoint.id,
    delivery.event,
    wait and "waiting" or "failed",
    n,
    now + (wait or 0),
    answer.status,
    now
  )
end

-- Writes the attempt and what follows from it. answer: a row of host.http.
function outcome.record(endpoint, delivery, answer, now)
  local n, status = delivery.attempts + 1, answer.status
  local good = status ~= nil and status >= 200 and status < 300
  host.write(
    "attempt.insert",
    endpoint.id,
    delivery.event,
    now,
    n,
    status,
    answer.ms or 0,
    excerpt(answer.body),
    not good and why(answer) or nil
  )
  if good then
    host.write("delivery.tried", endpoint.id, delivery.event, "delivered", n, now, status, now)
    endpoint.failures, endpoint.failing_since = 0, nil
  else
    endpoint.failures = endpoint.failures + 1
    endpoint.failing_since = endpoint.failing_since or now
    failed(endpoint, delivery, answer, now)
  end
  if status == 410 and endpoint.state == "on" then
    outcome.switch_off(endpoint, "the receiver answered 410 Gone", now)
  end
  return good
end

-- What health compares with, taken before a group of attempts.
function outcome.before(endpoint)
  return { failures = endpoint.failures, paused_until = endpoint.paused_until }
end

-- After a group of attempts: the endpoint's own state, where it changed.
function outcome.health(endpoint, before, now)
  if endpoint.state ~= "on" then return end
  if endpoint.failures > 0 then
    if schedule.hopeless(endpoint.failing_since, now) then
      return outcome.switch_off(endpoint, "nothing but failures for five days", now)
    end
    endpoint.paused_until = math.max(endpoint.paused_until, now + schedule.probe(endpoint.failures))
  end
  if endpoint.failures ~= before.failures or endpoint.paused_until ~= before.paused_until then
    host.write(
      "endpoint.health",
      endpoint.id,
      endpoint.failures,
      endpoint.failing_since,
      endpoint.paused_until
    )
  end
end

return outcome
