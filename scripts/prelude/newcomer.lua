-- Who says hello: the visitor of a token, the user of a signed identity, or
-- somebody new; and the conversation that they come back to. Nothing is
-- written here: a visitor who only looks leaves no trace.
local host = require "host"
local visitor_token = require "prelude.visitor_token"

local newcomer = {}

local VISIT_MS <const> = 30 * 60000

local function is_conversation(id)
  return type(id) == "string" and #id == 31 and string.find(id, "^conv_[%da-hjkmnp-tv-z]+$") ~= nil
end

-- The conversation of a visitor's own, if this is one; nil, message when the store cannot say.
local function own_conversation(bot, visitor, wanted)
  if not is_conversation(wanted) then return false end
  local rows, message = host.query("conversation.get", wanted)
  if not rows then return nil, message end
  return rows[1] ~= nil and rows[1].visitor == visitor and rows[1].bot == bot
end

-- The visitor that a user of the client is, who came with a visitor's token or
-- without one: nil, when a new one is to be made. What the token's visitor has
-- said before becomes the user's in the conversation itself (prelude/identity);
-- a token of another user's is worth nothing to this one. false, message when
-- the store cannot say.
local function visitor_of_user(bot, proven, visitor, wanted)
  local identity = require "prelude.identity"
  local owner, message = identity.of_user(bot, proven.user)
  if owner == nil then return false, message end
  if visitor then
    local linked
    linked, message = identity.of_visitor(bot, visitor)
    if linked == nil then return false, message end
    if linked and linked.user_id ~= proven.user then visitor = nil end
  end
  if not owner or not visitor then return owner and owner.visitor or visitor end
  local own
  own, message = own_conversation(bot, visitor, wanted)
  if own == nil then return false, message end
  return own and visitor or owner.visitor
end

-- A visitor who asked to be forgotten comes back as somebody new. nil,
-- message when the store cannot say.
local function still_known(visitor)
  local rows, message = host.query("visitor.ended", visitor)
  if not rows then return nil, message end
  return rows[1] == nil
end

-- { visitor, known, proven = { user, traits }?, moved }, nil and a code when hello
-- says of itself what it cannot prove. known: not made now; moved: another than
-- the token's. nil, message when the store cannot say.
function newcomer.find(bot, site, hello)
  local visitor, message, proven = visitor_token.read(hello.visitor, bot, site), nil, nil
  if visitor then
    local known
    known, message = still_known(visitor)
    if known == nil then return nil, message end
    if not known then visitor = nil end
  end
  if hello.identity ~= nil then
    proven, message = require("prelude.identity").proven(bot, hello.identity)
    if message == "unavailable" then return nil, message end
  end
  local refused = hello.identity ~= nil and not proven and message or nil
  local named = visitor
  if proven then
    visitor, message = visitor_of_user(bot, proven, visitor, hello.conversation)
    if visitor == false then return nil, message end
  end
  return {
    visitor = visitor or host.new_id "vis",
    known = visitor ~= nil,
    proven = proven,
    moved = named ~= visitor,
  },
    nil,
    refused
end

-- Is it what the visitor is in the middle of? Without a history only that is
-- gone on with. nil, message when the store cannot say.
local function goes_on(row)
  if row.status == "waiting" or row.status == "human" then return true end
  local rows, message = host.query("message.last", row.id)
  if not rows then return nil, message end
  return rows[1] ~= nil and host.now() - rows[1].at < VISIT_MS
end

-- The conversation for who was found. A known visitor may name one that has no
-- row yet (its first message was on the way when the line broke); somebody
-- else's is treated as unknown. fresh: the bot keeps no history for visitors.
-- nil, message, code when the store cannot say.
function newcomer.conversation(bot, found, wanted, fresh)
  if not found.known then return host.new_id("conv") end
  if is_conversation(wanted) then
    local rows, message, code = host.query("conversation.get", wanted)
    if not rows then return nil, message, code end
    local row = rows[1]
    local own = row and row.visitor == found.visitor and row.bot == bot
    if own and fresh then
      local on
      on, message = goes_on(row)
      if on == nil then return nil, message end
      return on and wanted or host.new_id "conv"
    end
    if own or (not row and not found.moved) then return wanted end
  end
  local rows, message, code = host.query("conversation.latest_of_visitor", bot, found.visitor)
  if not rows then return nil, message, code end
  local row = rows[1]
  if row and row.status ~= "closed" then
    local on = true
    if fresh then
      on, message = goes_on(row)
    end
    if on then return row.id end
    if on == nil then return nil, message end
  end
  return host.new_id("conv")
end

return newcomer
