-- Hooks as their owners see them: made, changed, given another secret. What
-- comes in is actors/hook's.
local host = require "host"
local signature = require "hooks.signature"

local incoming = {}

incoming.MAX = 20 -- of one account
local OLD_SECRET_MS = 24 * 3600000

-- The purpose that seals a secret; bound to the hook, so that a box that was copied to another row does not open.
local function purpose(id) return "hook/" .. id end

function incoming.is_name(name) return #name <= 40 and string.find(name, "^%l[%l%d_%-]*$") ~= nil end

-- Returns the id and the secret, which is never shown again.
function incoming.create(body, now)
  local id, secret = host.new_id "hook", signature.new_secret()
  host.write(
    "hook.insert",
    id,
    body.bot,
    body.name,
    body.deliver or "event",
    host.seal(purpose(id), secret),
    body.description or "",
    now
  )
  return id, secret
end

-- row: as stored, with what changes already in it.
function incoming.update(row, now)
  host.write("hook.update", row.id, row.deliver, row.description, row.state, now)
end

-- A new secret; for a day the old one is good, too.
function incoming.rotate(row, now)
  local secret = signature.new_secret()
  host.write("hook.rotate", row.id, host.seal(purpose(row.id), secret), row.secret, now + OLD_SECRET_MS, now)
  return secret, now + OLD_SECRET_MS
end

-- The secrets that may have signed now.
function incoming.secrets(row, now)
  local list = { host.unseal(purpose(row.id), row.secret) }
  if row.old_secret and (row.old_until or 0) > now then
    list[#list + 1] = host.unseal(purpose(row.id), row.old_secret)
  end
  return list
end

return incoming
