-- The secret of a bot with which the client's own server signs who a visitor
-- is: made here, shown once, opened only to check a signature. It is no
-- bot.secret: scripts cannot name it.
local host = require "host"

local identity_secret = {}

local OVERLAP_MS <const> = 24 * 3600000 -- the one before is good for so long
local BYTES <const> = 32

local function purpose(bot) return "identity/" .. bot end

local function new_secret()
  return "azi_"
    .. string.gsub(
      string.gsub(host.base64(host.random(BYTES)), "[+/]", { ["+"] = "-", ["/"] = "_" }),
      "=",
      ""
    )
end

local function row_of(bot)
  local rows, message, code = host.query("identity.secret", bot)
  if not rows then return nil, message, code end
  return rows[1] or false
end

local function show(row)
  local old = row and row.old_box and row.old_until > host.now() and row.old_until
  return {
    enabled = row and true or false,
    old_secret_until = old and host.rfc3339(old) or nil,
    author = row and row.author or nil,
    updated_at = row and host.rfc3339(row.updated_at) or nil,
  }
end

function identity_secret.status(bot)
  local row, message, code = row_of(bot)
  if row == nil then return nil, message, code end
  return show(row)
end

-- A new one, whether there was one or not.
function identity_secret.rotate(bot, request)
  local row, message, code = row_of(bot)
  if row == nil then return nil, message, code end
  local secret, now = new_secret(), host.now()
  local author = string.sub(request.author or "", 1, 100)
  host.write("identity.put_secret", bot, host.seal(purpose(bot), secret), now + OVERLAP_MS, author, now)
  local shown =
    show { old_box = row and row.box, old_until = now + OVERLAP_MS, author = author, updated_at = now }
  shown.secret = secret
  return shown
end

-- From now on nobody can be identified.
function identity_secret.remove(bot)
  local row, message, code = row_of(bot)
  if row == nil then return nil, message, code end
  if not row then return nil, "this bot has no identity secret", "not_found" end
  host.write("identity.remove_secret", bot)
  return { enabled = false }
end

-- The secrets that are good now; empty when there is none. For prelude/identity only.
function identity_secret.good(bot)
  local row, message, code = row_of(bot)
  if row == nil then return nil, message, code end
  local list = {}
  if row then
    list[1] = host.unseal(purpose(bot), row.box)
    if row.old_box and row.old_until > host.now() then
      list[#list + 1] = host.unseal(purpose(bot), row.old_box)
    end
  end
  return list
end

return identity_secret
