-- Tickets: a browser's way to open a socket in the name of an API key, which
-- it can send with a POST and not with a WebSocket. Made and checked in the
-- system state, whose signing key no tenant's state has.
local host = require "host"
local json = require "json"

local tickets = {}

tickets.SECONDS = 30
local PURPOSE = "agent ticket"

local function hex(s)
  return (string.gsub(s, ".", function(c) return ("%02x"):format(string.byte(c)) end))
end

local function from_hex(s)
  return (string.gsub(s, "%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- For a key that api/admission has let in.
function tickets.make(key)
  local claims = hex(json.encode { tenant = key.tenant, id = key.id, name = key.name, at = host.now() })
  return claims .. "." .. host.sign(PURPOSE, claims)
end

-- { tenant, id, name } of the key, or nil when the ticket is none of ours or too old.
function tickets.read(ticket)
  local claims, mac = string.match(ticket, "^(%x+)%.([%w_%-]+)$")
  if not claims or #claims % 2 == 1 or #claims > 2000 or not host.verify(PURPOSE, claims, mac) then
    return nil
  end
  local key = json.decode(from_hex(claims))
  local age = host.now() - key.at
  if age < 0 or age > tickets.SECONDS * 1000 then return nil end
  return key
end

return tickets
