-- When a delivery is tried again, and when an endpoint is given a rest or
-- turned off. Times in ms; tests make them shorter by the setting webhook_scale.
local host = require "host"
local retry_after = require "lib.retry_after"

local schedule = {}

local S, M, H = 1000, 60000, 3600000
-- before the second try, the third, ...; then the delivery is given up
local DELAYS = { 5 * S, 5 * M, 30 * M, 2 * H, 5 * H, 10 * H, 14 * H, 20 * H, 24 * H }
local GIVE_UP_MS = 5 * 24 * H -- of nothing but failures
local RETRY_AFTER_MAX = 24 * H
local SLOW_MS = 30 * S -- 429, 502, 504 without Retry-After
local PROBE_AFTER, PROBE_MS, PROBE_MAX = 5, 1000, 60 * S -- failures in a row; then one try at a time

local function scaled(ms) return ms // (math.tointeger(tonumber(host.setting "webhook_scale" or "1")) or 1) end

-- Up to a tenth more, so that what failed together does not come back together.
local function jitter(ms) return ms + string.unpack("<I2", host.random(2)) * ms // 655360 end

-- The delay after try number `attempts`, or nil when that was the last.
function schedule.delay(attempts)
  local ms = DELAYS[attempts]
  return ms and jitter(scaled(ms))
end

-- How long the receiver wants to be left alone, or nil.
function schedule.slow_down(status, header, now)
  local ms = retry_after.ms(header, now)
  if ms then return math.min(ms, RETRY_AFTER_MAX) end
  if status == 429 or status == 502 or status == 504 then return scaled(SLOW_MS) end
  return nil
end

-- A receiver that is down is asked by one request at a time, ever more rarely.
function schedule.probe(failures)
  if failures < PROBE_AFTER then return 0 end
  return scaled(math.min(PROBE_MS << math.min(failures - PROBE_AFTER, 10), PROBE_MAX))
end

function schedule.hopeless(failing_since, now) return now - failing_since >= scaled(GIVE_UP_MS) end

return schedule
