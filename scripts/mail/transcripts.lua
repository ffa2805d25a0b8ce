-- The transcript of a conversation by mail, for its visitor. An address that a
-- visitor types may be a stranger's, so first a mail without a word of the visitor's goes
-- there, and only who presses its button gets the transcript. Bounds: so many
-- asked for in a day by one conversation, for one address and of one client;
-- nothing to an address whose owner has stopped it.
local host = require "host"
local contact = require "lib.contact"
local notices = require "mail.notices"
local outgoing = require "mail.outgoing"
local render = require "mail.render"
local stops = require "mail.stops"
local time = require "lib.time"

local transcripts = {}

local OF_CONVERSATION, OF_ADDRESS, OF_ACCOUNT = 3, 2, 500 -- a day
transcripts.CONFIRM_MS = 2 * time.DAY -- so long the button works

local function insert(id, kind, address, language, bot, conversation, now)
  host.write(
    "mail.insert",
    id,
    kind,
    nil,
    address,
    language,
    bot,
    nil,
    conversation,
    "waiting",
    now,
    nil,
    now
  )
  notices.arm(now)
end

-- Asks for the confirmation; part of the turn. true, or nil and why: "off",
-- "address", "often", "unavailable". An address that is blocked is told nothing
-- and gets nothing, but whoever asked is not told whose it is.
function transcripts.ask(self, address)
  if not notices.is_on() then return nil, "off" end
  address = outgoing.address_or_nil(contact.email(address))
  if not address then return nil, "address" end
  local now = host.now()
  local rows = host.query("mail.asked", self.k, address, now - time.DAY)
  local blocked = rows and stops.blocks(address)
  if blocked == nil then return nil, "unavailable" end
  local asked = rows[1]
  if
    asked.conversation >= OF_CONVERSATION
    or asked.address >= OF_ADDRESS
    or asked.all_of_them >= OF_ACCOUNT
  then
    return nil, "often"
  end
  local id = host.new_id "mail"
  if blocked then
    host.write(
      "mail.insert",
      id,
      "confirm",
      nil,
      address,
      render.language(self.l),
      self.b,
      nil,
      self.k,
      "off",
      now,
      "the address is blocked by its owner",
      now
    )
  else
    insert(id, "confirm", address, render.language(self.l), self.b, self.k, now)
  end
  return true
end

-- The confirmation whose button was pressed; nil when it is too old or gone.
function transcripts.confirmation(id)
  local rows, message, code = host.query("mail.get", id)
  if not rows then return nil, message, code end
  local row = rows[1]
  if not row or row.kind ~= "confirm" or host.now() - row.created_at > transcripts.CONFIRM_MS then
    return nil, "too old", "not_found"
  end
  return row
end

-- Once for each confirmation, however often the button is pressed.
function transcripts.send(row, now)
  insert(row.id .. "_t", "transcript", row.address, row.language, row.bot, row.conversation, now)
end

return transcripts
