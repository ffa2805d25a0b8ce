-- Who a visitor is to the client: its website's server signs the id of its
-- user, the page passes that on, and here it is checked. One user is one
-- visitor, on all devices: what another device's visitor had before goes over
-- to the user's own. So a signature is the only way to somebody's history.
--
-- A claim: { user, hash, expires?, traits? }. hash is the HMAC-SHA256, in hex, with the
-- bot's identity secret, of the user's id; with expires (Unix seconds) of the
-- id, a line feed and that number.
local host = require "host"
local json = require "json"
local identity_secret = require "prelude.identity_secret"
local plain_values = require "lib.plain_values"

local identity = {}

local USER_MAX <const> = 200 -- bytes

local function is_user(id)
  return type(id) == "string" and id ~= "" and #id <= USER_MAX and not string.find(id, "%c")
end

local function is_expired(expires) return math.type(expires) ~= "integer" or expires * 1000 <= host.now() end

local function hex(bytes)
  return (string.gsub(bytes, ".", function(c) return ("%02x"):format(string.byte(c)) end))
end

-- The user of a claim whose signature is good; nil and a code when it is not.
function identity.verify(bot, claim)
  if type(claim) ~= "table" or not is_user(claim.user) or type(claim.hash) ~= "string" then
    return nil, "identity_refused"
  end
  if claim.expires ~= nil and is_expired(claim.expires) then return nil, "identity_refused" end
  local secrets, message = identity_secret.good(bot)
  if not secrets then
    host.log("warn", "identity not checked: " .. tostring(message), {})
    return nil, "unavailable"
  end
  local signed = claim.expires and claim.user .. "\n" .. claim.expires or claim.user
  local given, good = string.lower(claim.hash), false
  for _, secret in ipairs(secrets) do
    good = host.equal(hex(host.unbase64(host.hmac(secret, signed))), given) or good
  end
  if good then return claim.user end
  return nil, "identity_refused"
end

-- For hello: { user, traits } once it is proven; traits as JSON, nil when none were told.
function identity.proven(bot, claim)
  local user, code = identity.verify(bot, claim)
  if not user then return nil, code end
  return {
    user = user,
    traits = type(claim.traits) == "table" and json.encode(plain_values(claim.traits)) or nil,
  }
end

-- The row of a user, false when there is none; nil, message when the store cannot say.
function identity.of_user(bot, user)
  local rows, message = host.query("identity.of_user", bot, user)
  if not rows then return nil, message end
  return rows[1] or false
end

-- The row of who this visitor is, likewise.
function identity.of_visitor(bot, visitor)
  local rows, message = host.query("identity.of_visitor", bot, visitor)
  if not rows then return nil, message end
  return rows[1] or false
end

-- { id, traits } for those who may see it, or nil.
function identity.show(bot, visitor)
  local row = identity.of_visitor(bot, visitor)
  return row and { id = row.user_id, traits = json.decode(row.traits) } or nil
end

local ADOPTED = { "conversation", "followup", "handover", "file", "kv" }

local function adopt(bot, from, to)
  for _, kind in ipairs(ADOPTED) do
    host.write("identity.adopt_" .. kind, bot, from, to)
  end
  host.write("identity.adopt_kv_rest", bot, from)
end

local function raise(self, proven, traits)
  require("prelude.events").raise(self, "visitor.identified", {
    conversation = self.k,
    visitor = self.v,
    user = proven.user,
    traits = json.decode(traits),
  })
end

-- Makes the conversation's visitor the proven user, as part of this turn.
-- "here": it is, the session may go on. "elsewhere": the user is another
-- visitor, to whom this conversation went over or not; its windows say hello
-- again. nil, message when the store cannot say.
function identity.attach(self, proven)
  local owner, message = identity.of_user(self.b, proven.user)
  if owner == nil then return nil, message end
  local now = host.now()
  if owner and owner.visitor == self.v then
    if proven.traits and proven.traits ~= owner.traits then
      host.write("identity.set_traits", self.b, proven.user, proven.traits, now)
      raise(self, proven, proven.traits)
    end
    return "here"
  end
  local other
  other, message = identity.of_visitor(self.b, self.v)
  if other == nil then return nil, message end
  if other then return "elsewhere" end -- somebody else uses this browser now; the chat stays whose it was
  local traits = proven.traits or owner and owner.traits or "{}"
  if not owner then
    host.write("identity.insert", self.b, proven.user, self.v, traits, now)
    raise(self, proven, traits)
    return "here"
  end
  if self.s then
    adopt(self.b, self.v, owner.visitor)
    self.v = owner.visitor
    if traits ~= owner.traits then host.write("identity.set_traits", self.b, proven.user, traits, now) end
    raise(self, proven, traits)
  end
  return "elsewhere"
end

return identity
