-- API keys of a tenant. The key itself is shown once; the store has its hash.
-- It is long and random, so a plain SHA-256 can be looked up and not guessed.
local host = require "host"
local json = require "json"
local formats = require "api.formats"
local routes = require "api.routes"

local keys = {}

keys.SCOPES_MAX, keys.NAME_MAX = 40, 80
local LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
local LENGTH = 40 -- of 62 letters each: 238 bits

-- Letters without bias: bytes past the last whole round of letters are thrown away.
local function new_secret()
  local letters = {}
  while #letters < LENGTH do
    for _, byte in ipairs { string.byte(host.random(64), 1, 64) } do
      local at = byte % #LETTERS + 1
      if byte < 256 - 256 % #LETTERS and #letters < LENGTH then
        letters[#letters + 1] = string.sub(LETTERS, at, at)
      end
    end
  end
  return "azk_" .. table.concat(letters)
end

-- The first scope of the list that no route knows, or nil.
function keys.unknown_scope(scopes)
  local known = routes.scopes()
  for i, scope in ipairs(scopes) do
    if not known[scope] then return scope, i end
  end
  return nil
end

-- A new key as part of this turn; expires_at in ms or nil.
function keys.create(name, scopes, expires_at)
  local secret = new_secret()
  local key =
    { id = host.new_id "key", name = name, scopes = scopes, created_at = host.now(), expires_at = expires_at }
  local scope_text = json.encode(json.array(scopes))
  host.write("api_key.insert", key.id, host.sha256(secret), name, scope_text, key.created_at, expires_at)
  return key, secret
end

local function read_expiry(text)
  if not text then return nil end
  local at = formats.parse_time(#text == 10 and text .. "T00:00:00Z" or text)
  if not at then return nil, "--expires must be a date such as 2027-01-31, or a time with its zone" end
  if at <= host.now() then return nil, "--expires is in the past" end
  return at
end

-- `azentiko tenant key create`: scopes as words of a text, options { name?, expires? }.
function keys.from_command(text, options)
  local scopes = {}
  for scope in string.gmatch(text, "[^%s,]+") do
    scopes[#scopes + 1] = scope
  end
  if not scopes[1] or #scopes > keys.SCOPES_MAX then return host.emit "--scopes names at least one scope" end
  local unknown = keys.unknown_scope(scopes)
  if unknown then
    local names = {}
    for name in pairs(routes.scopes()) do
      names[#names + 1] = name
    end
    table.sort(names)
    return host.emit(("there is no scope '%s'; there are: %s"):format(unknown, table.concat(names, " ")))
  end
  local name = options.name or "command line"
  if utf8.len(name) > keys.NAME_MAX then return host.emit "--name is too long" end
  local expires_at, message = read_expiry(options.expires)
  if message then return host.emit(message) end
  local key, secret = keys.create(name, scopes, expires_at)
  host.emit("id " .. key.id)
  host.emit("secret " .. secret)
end

return keys
