-- Bots by their public key or slug, and where each may be embedded.
local host = require "host"
local json = require "json"

local bots = {}

local KEEP_MS, KEPT_MAX = 5000, 1000

local kept, kept_count = {}, 0 -- cache: key or slug -> bot with `good_until`; bounded, five seconds old at most

local function is_key(key)
  return type(key) == "string" and #key <= 80 and string.find(key, "^pk_[%w_%-]+$") ~= nil
end

local function from_row(row)
  local settings = json.decode(row.settings or "{}") or {}
  return {
    id = row.id,
    key = row.public_key,
    tenant = row.tenant,
    name = row.name,
    settings = settings,
    locale = settings.locale or "en",
    domains = json.decode(row.domains or "[]") or {},
    good_until = host.mono() + KEEP_MS,
  }
end

local NONE = "There is no bot with this name."
local PAUSED = "This chat is not available at the moment."

local function look_up(statement, key)
  local bot = kept[key]
  if bot and host.mono() < bot.good_until then return bot end
  local rows, message, code = host.query(statement, key)
  if not rows then
    if bot then return bot end -- an old answer is better than none while the store is away
    return nil, message, code
  end
  local row = rows[1]
  if not row then return nil, NONE, "not_found" end
  if row.tenant_status and row.tenant_status ~= "active" then return nil, PAUSED, "account_suspended" end
  if kept_count >= KEPT_MAX then
    kept, kept_count = {}, 0
  end
  if not kept[key] then kept_count = kept_count + 1 end
  kept[key] = from_row(row)
  return kept[key]
end

-- By public key. nil, message, code when there is none or the store cannot be read.
function bots.find(key)
  if not is_key(key) then return nil, "There is no bot with this key.", "not_found" end
  return look_up("bot.by_key", key)
end

-- By public key or slug.
function bots.named(name)
  if is_key(name) then return bots.find(name) end
  if #name > 80 or not string.find(name, "^[%w_%-]+$") then return nil, NONE, "not_found" end
  return look_up("bot.by_slug", name)
end

-- "shop.example:8443" -> "shop.example"; nil for what is no name or address
local function name_of(authority)
  return string.match(authority, "^(%[[%x:]+%]):?%d*$") or string.match(authority, "^([%w%.%-_]+):?%d*$")
end

-- The website from whose page a request comes: "shop.example:8443", the
-- authority of its origin. nil for a program that says nothing of a page; false
-- for a page that can be nobody's (a sandboxed frame, a local file) or will not
-- say whose it is. A browser leaves the origin out where page and server are one.
function bots.site(headers)
  local origin, fetched = headers.origin, headers["sec-fetch-site"]
  if origin then
    local authority = string.match(string.lower(origin), "^https?://([^/]+)$")
    return authority and name_of(authority) and authority or false
  end
  if not fetched or fetched == "none" then return nil end
  return fetched == "same-origin" and headers.host and string.lower(headers.host) or false
end

local function matches(domain, name)
  if string.sub(domain, 1, 2) == "*." then
    local suffix = string.sub(domain, 2)
    return #name > #suffix and string.sub(name, -#suffix) == suffix
  end
  return domain == name
end

-- May a page of this website use the bot? Exact names and *.names, on any
-- port; no listed domain allows none, whoever asks. A program without a page
-- has no visitor whose trust it could abuse.
function bots.allows(bot, site)
  if site == nil then return bot.domains[1] ~= nil end
  local name = site and name_of(site)
  if not name then return false end
  for _, domain in ipairs(bot.domains) do
    if matches(string.lower(domain), name) then return true end
  end
  return false
end

return bots
