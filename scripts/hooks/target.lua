-- Where and how an endpoint is called: its address, secrets and headers, from
-- its row or, for a webhook of the scripts, from the declaration.
local host = require "host"
local json = require "json"
local reshape = require "hooks.reshape"
local secrets = require "hooks.secrets"
local signature = require "hooks.signature"

local target = {}

local TIMEOUT_MS, TIMEOUT_MAX = 15000, 20000
local START_MS = 2000 -- later ones of a group are signed anew, with the time that it is then
local ANSWER_MAX = 32768 -- read of an answer; its head has as much

local function timeout(hook)
  local n, unit = string.match(hook and hook.timeout or "", "^(%d+)(m?s)$")
  local ms = n and tonumber(n) * (unit == "s" and 1000 or 1)
  ms = ms or math.tointeger(tonumber(host.setting "webhook_timeout_ms" or "")) or TIMEOUT_MS
  return math.max(1, math.min(ms, TIMEOUT_MAX))
end

-- The same for a declaration of the scripts (bot.webhook).
function target.of_hook(hook, bot)
  local url, message = secrets.value(hook.url, bot)
  if not url then return nil, message end
  local keys = {}
  if hook.sign then
    keys[1], message = secrets.value(hook.sign, bot)
    if not keys[1] then return nil, message end
  end
  return { url = url, keys = keys, headers = "", timeout = timeout(hook), hook = hook }
end

local function of_script(endpoint)
  local hook = reshape.hook(endpoint.bot, endpoint.script)
  if not hook then return nil, "the scripts have no webhook '" .. endpoint.script .. "'" end
  return target.of_hook(hook, endpoint.bot)
end

local function of_row(endpoint, now)
  local keys = { host.unseal("webhook", endpoint.secret or "") }
  if not keys[1] then return nil, "its secret cannot be read (was secret.key replaced?)" end
  if endpoint.old_secret and (endpoint.old_until or 0) > now then
    keys[2] = host.unseal("webhook", endpoint.old_secret)
  end
  local lines = {}
  local own = endpoint.headers and json.decode(host.unseal("webhook", endpoint.headers) or "{}") or {}
  for name, value in pairs(own) do
    lines[#lines + 1] = name .. ": " .. value .. "\n"
  end
  return { url = endpoint.url, keys = keys, headers = table.concat(lines), timeout = timeout() }
end

-- { url, keys, headers, timeout, hook }, or nil and why not.
function target.of(endpoint, now)
  if endpoint.script then return of_script(endpoint) end
  return of_row(endpoint, now)
end

-- A request for host.http. n: the event's place in the order of all, nil for
-- what is no event. key: the endpoint, of which few are called at once, or nil.
function target.request(to, key, id, n, body, now)
  return {
    method = "POST",
    url = to.url,
    headers = to.headers .. "Content-Type: application/json\n" .. (n and ("azentiko-sequence: %d\n"):format(
      n
    ) or "") .. signature.headers(to.keys, id, now // 1000, body),
    body = body,
    key = key,
    timeout = to.timeout,
    limit = ANSWER_MAX,
  }
end

-- One of a group: those of one conversation follow each other, `at_once` at
-- most are under way, and once one fails, the rest of the group stays where it is.
function target.grouped(request, delivery, at_once)
  request.order, request.at_once = delivery.subject, at_once
  request.start, request.stop = START_MS, 1
  return request
end

return target
