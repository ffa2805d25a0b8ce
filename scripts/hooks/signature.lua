-- Standard Webhooks (https://www.standardwebhooks.com): what is signed and
-- how, and the check of what comes in. Secrets are "whsec_" and base64.
local host = require "host"

local signature = {}

signature.TOLERANCE_S = 300
local SECRET_BYTES = 32

function signature.new_secret() return "whsec_" .. host.base64(host.random(SECRET_BYTES)) end

-- The key of a secret; nil when it is none. A text without the prefix that a
-- script was given by somebody else is used as it is.
local function key_of(secret)
  local encoded = string.match(secret, "^whsec_(.+)$")
  if not encoded then return secret end
  return host.unbase64(encoded)
end

function signature.is_secret(secret)
  local encoded = type(secret) == "string" and string.match(secret, "^whsec_(.+)$")
  local key = encoded and host.unbase64(encoded)
  return key ~= nil and #key >= 24 and #key <= 64
end

local function mac(secret, id, seconds, body)
  local key = key_of(secret)
  return key and "v1," .. host.hmac(key, id .. "." .. seconds .. "." .. body)
end

-- The three headers, as lines. secrets: one, or two while one is replaced.
function signature.headers(secrets, id, seconds, body)
  local list = {}
  for _, secret in ipairs(secrets) do
    list[#list + 1] = mac(secret, id, seconds, body)
  end
  local signed = list[1] and "webhook-signature: " .. table.concat(list, " ") .. "\n" or ""
  return ("webhook-id: %s\nwebhook-timestamp: %d\n"):format(id, seconds) .. signed
end

-- true, or nil and why not. headers: by lower-case name.
function signature.verify(secrets, headers, body, now_seconds)
  local id, stamp, given = headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]
  if not id or not stamp or not given then return nil, "the webhook headers are missing" end
  local seconds = #stamp <= 12 and string.find(stamp, "^%d+$") and math.tointeger(tonumber(stamp))
  if not seconds or #id > 128 or #given > 4096 then return nil, "the webhook headers are not well-formed" end
  if math.abs(now_seconds - seconds) > signature.TOLERANCE_S then
    return nil, "the timestamp is too old or too new"
  end
  local fine = false
  for _, secret in ipairs(secrets) do
    local wanted = mac(secret, id, seconds, body)
    for one in string.gmatch(given, "%S+") do
      if wanted and host.equal(one, wanted) then fine = true end
    end
  end
  if not fine then return nil, "the signature does not fit" end
  return true
end

return signature
