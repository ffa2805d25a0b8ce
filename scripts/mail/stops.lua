-- Who wants no more mails of a kind: recipients of notices by their link, and
-- addresses to which the chat's visitors had something sent.
local host = require "host"
local json = require "json"
local notices = require "mail.notices"
local render = require "mail.render"

local stops = {}

-- What a link is about: { address, language, kind, act() }, or nil when there is nothing any more.
local function of_recipient(id, kind)
  local rows, message, code = host.query("mail_recipient.get", id)
  if not rows then return nil, message, code end
  local row = rows[1]
  if not row then return nil, "no such recipient", "not_found" end
  local function without(list)
    local kept = {}
    for _, one in ipairs(json.decode(list) or {}) do
      if one ~= kind then kept[#kept + 1] = one end
    end
    return json.encode(json.array(kept))
  end
  return {
    address = row.email,
    language = row.language,
    act = function(now)
      local stopped = json.decode(row.stopped) or {}
      stopped[kind] = stopped[kind] or now
      local at_once = kind == "digest" and row.at_once or without(row.at_once)
      local daily = kind == "digest" and "[]" or without(row.daily)
      local text = json.encode(stopped)
      host.write(
        "mail_recipient.update",
        row.id,
        row.language,
        at_once,
        daily,
        row.hour,
        text,
        row.state,
        row.reason,
        now
      )
    end,
  }
end

local function of_address(id)
  local rows, message, code = host.query("mail.get", id)
  if not rows then return nil, message, code end
  local row = rows[1]
  if not row then return nil, "no such mail", "not_found" end
  return {
    address = row.address,
    language = row.language,
    act = function(now) host.write("mail_block.put", host.sha256(row.address), now) end,
  }
end

-- id: a recipient or a mail; kind: of notice, "digest" or "transcript".
function stops.find(id, kind)
  local found, message, code
  if kind == "transcript" then
    found, message, code = of_address(id)
  else
    found, message, code = of_recipient(id, kind)
  end
  if not found then return nil, message, code end
  found.kind = render.say(found.language, "kind_" .. kind)
  return found
end

function stops.blocks(address)
  local rows, message, code = host.query("mail_block.get", host.sha256(address))
  if not rows then return nil, message, code end
  return rows[1] ~= nil
end

stops.kinds = { digest = true, transcript = true }
for _, kind in ipairs(notices.kinds) do
  stops.kinds[kind] = true
end

return stops
