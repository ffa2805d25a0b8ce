-- What bot.secret "NAME" stands for, when a request is made.
local loader = require "prelude.loader"

local secrets = {}

-- value: a text, or what bot.secret returned. The text, or nil and why not.
function secrets.value(value, bot)
  if type(value) == "string" then return value end
  local name = type(value) == "table" and value.secret
  if not name then return nil, "there is no address" end
  local ok, store = pcall(loader.platform, "prelude.secrets")
  local found = ok and store.get(bot, name)
  if not found then return nil, "the secret '" .. tostring(name) .. "' is not set" end
  return found
end

return secrets
