-- A row of `mail` as the message that goes out. The same row gives the same
-- message each time, as long as what it is about stays as it is.
local host = require "host"
local json = require "json"
local brand = require "mail.brand"
local business = require "prelude.business"
local links = require "mail.links"
local message = require "mail.message"
local notices = require "mail.notices"
local render = require "mail.render"

local outgoing = {}

local GROUP_ITEMS, GATHERED_MAX = 20, 200
local MESSAGES_MAX, MESSAGES_BYTES = 300, 60000 -- of a transcript: its last ones
local NAME_MAX = 60

-- What all mails of one run share: read once. nil, message: the store is away.
function outgoing.account()
  local rows, why = host.query "tenant.get"
  if not rows then return nil, why end
  local recipients, no = notices.recipients()
  if not recipients then return nil, no end
  local account = {
    id = rows[1].public_id,
    name = rows[1].name,
    zone = notices.zone(),
    people = {},
    recipients = recipients,
  }
  for _, row in ipairs(recipients) do
    account.people[row.id] = row
  end
  return account
end

local function bot_name(account, bot)
  local entry = bot and business.of(bot)
  return entry and entry.name or account.name
end

local function data_of(row)
  local event = row.body and json.decode(row.body)
  if not event then return nil end
  event.data.at = event.data.at or row.at
  return event.data
end

-- ---- what a mail is about ----

local function text_of(blocks)
  local parts = {}
  for _, block in ipairs(json.decode(blocks) or {}) do
    parts[#parts + 1] = block.text or block.title
  end
  return table.concat(parts, "\n")
end

-- The last part of a conversation, oldest first.
local function transcript(row)
  local rows, why = host.query("message.before", row.conversation, math.maxinteger, MESSAGES_MAX + 1)
  if not rows then return nil, why end
  if not rows[1] then return nil, "the conversation is no more", "gone" end
  local messages, bytes = {}, 0
  for i, m in ipairs(rows) do
    local text = text_of(m.body)
    bytes = bytes + #text
    if i > MESSAGES_MAX or bytes > MESSAGES_BYTES then break end
    if text ~= "" then table.insert(messages, 1, { from = m.sender, text = text, at = m.at }) end
  end
  return {
    messages = messages,
    left_out = #messages < #rows and (#rows > MESSAGES_MAX or bytes > MESSAGES_BYTES),
  }
end

local function digest(row, about)
  local rows, why = host.query("mail.gathered", row.id, GATHERED_MAX)
  local counts = rows and host.query("mail.gathered_counts", row.id)
  if not counts then return nil, why end
  local data, groups, total = { groups = {}, count = 0 }, {}, {}
  for _, count in ipairs(counts) do
    total[count.kind], data.count = count.count, data.count + count.count
  end
  for _, one in ipairs(rows) do
    local group = groups[one.kind] or { kind = one.kind, items = {} }
    groups[one.kind] = group
    local d = data_of(one)
    if d and #group.items < GROUP_ITEMS then
      group.items[#group.items + 1] = render.line(one.kind, d, about(one.bot))
    end
  end
  for _, kind in ipairs(notices.kinds) do
    local group = groups[kind]
    if group then
      group.more = total[kind] - #group.items
      data.groups[#data.groups + 1] = group
    end
  end
  if not data.groups[1] then return nil, "there is nothing to tell", "gone" end
  return data
end

-- ---- the message ----

-- May the person still have it? nil, why not.
local function wanted(account, row)
  if not row.recipient then return true end
  local person = account.people[row.recipient]
  if not person then return nil, "the recipient was removed" end
  if person.state ~= "on" then return nil, "the recipient is switched off" end
  if row.kind == "test" then return true end
  local wants = row.kind == "digest" and (next(person.later) ~= nil or next(person.once) ~= nil)
    or person.once[row.kind]
    or person.later[row.kind]
  return wants or nil, "the recipient does not want these any more"
end

local function about_of(account, row)
  local function about(bot)
    return {
      language = row.language,
      business = account.name,
      bot = bot_name(account, bot),
      zone = account.zone,
    }
  end
  local found = about(row.bot)
  if row.recipient then
    found.why = function(c) return c.say("footer_why", account.name, c.say("kind_" .. row.kind)) end
    if row.kind == "test" then found.why = nil end
    found.stop_url = row.kind ~= "test" and links.make("stop", account.id, row.recipient, row.kind) or nil
  else
    found.why = function(c) return c.say("footer_asked", found.bot) end
    found.stop_url = links.make("stop", account.id, row.id, "transcript")
  end
  return found, about
end

local function content(account, row, about, about_bot)
  if row.kind == "digest" then return digest(row, about_bot) end
  if row.kind == "transcript" then return transcript(row) end
  if row.kind == "confirm" then
    return { url = links.make("transcript", account.id, row.id, row.language) }
  end
  if row.kind == "test" then return {} end
  local data = data_of(row)
  if not data then return nil, "the event is no more", "gone" end
  return data, about
end

local function headers_of(about)
  if not about.stop_url then return nil end
  return {
    { "List-Unsubscribe", "<" .. about.stop_url .. ">" },
    { "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" },
  }
end

local function address_or_nil(s)
  if type(s) ~= "string" or #s > 254 or not string.find(s, '^[^%s@<>"(),;:\\%c\x80-\xff]+@[%w%.%-]+$') then
    return nil
  end
  return s
end
outgoing.address_or_nil = address_or_nil

local function files_of(mail)
  if not mail.file then return nil end
  return { { name = mail.file, type = "text/plain", data = mail.text } }
end

-- The message of a row. nil, why, code: "gone" when nobody is to get it any
-- more, nothing when the store is away.
function outgoing.message(account, row)
  local fine, no = wanted(account, row)
  if not fine then return nil, no, "gone" end
  local about, about_bot = about_of(account, row)
  local data, why, code = content(account, row, about, about_bot)
  if not data then return nil, why, code end
  local mail = render.mail(row.kind, data, about)
  local own_name, from = message.split_address(host.setting "mail_from")
  local built, fault = message.build {
    id = row.id,
    at = row.created_at,
    from = from,
    from_name = message.line(row.recipient and (own_name or brand.name) or about.bot, NAME_MAX),
    to = row.address,
    reply_to = address_or_nil(mail.reply_to),
    subject = mail.subject,
    text = mail.text,
    html = mail.html,
    headers = headers_of(about),
    files = files_of(mail),
  }
  if not built then return nil, fault, "gone" end
  return built
end

return outgoing
