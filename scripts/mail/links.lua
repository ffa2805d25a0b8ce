-- Links in mails that need no sign-in: what they are good for and for whom is
-- in them, signed in the tenant's own state; nobody can make one up, and one
-- client's opens nothing of another's. "<account>.<id>.<what>.<mac>"
local host = require "host"

local links = {}

local PATHS = { stop = "/v1/mail/stop", transcript = "/v1/mail/transcript" }

local function base()
  local url = host.setting "public_url"
  return url and url ~= "" and url or nil
end

-- action: "stop" or "transcript"; nil where the server does not know its own address.
function links.make(action, account, id, what)
  local url = base()
  if not url then return nil end
  local mac = host.sign("mail_" .. action, id .. "-" .. what)
  return ("%s%s?t=%s.%s.%s.%s"):format(url, PATHS[action], account, id, what, mac)
end

-- account, rest; for the system state, which only looks for the tenant.
function links.split(token)
  if type(token) ~= "string" or #token > 300 then return nil end
  return string.match(token, "^(tnt_%w+)%.([%w_%-%.]+)$")
end

-- id, what; nil when it is none of ours.
function links.read(action, rest)
  local id, what, mac = string.match(rest, "^([%w_]+)%.([%l_]+)%.([%w_%-]+)$")
  if not id or not host.verify("mail_" .. action, id .. "-" .. what, mac) then return nil end
  return id, what
end

return links
