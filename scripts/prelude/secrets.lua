-- Secrets of bots: set once, never shown again. A script holds a name
-- (bot.secret "KEY"); the value is opened only where a request goes out
-- (hooks/secrets), in the platform's own code, and handed to no script.
local host = require "host"
local json = require "json"

local secrets = {}

local VALUE_MAX, COUNT_MAX <const> = 4000, 100
local NAME = "^[%u][%u%d_]*$"

-- Bound to the bot and the name: a box that was copied to another row does not open.
local function purpose(bot, name) return "bot_secret/" .. bot .. "/" .. name end

function secrets.list(bot)
  local rows, message, code = host.query("secret.list", bot)
  if not rows then return nil, message, code end
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = { name = row.name, author = row.author, updated_at = host.rfc3339(row.updated_at) }
  end
  return { secrets = json.array(list) }
end

-- request: { name, value, author }
function secrets.set(bot, request)
  local name, value = request.name, request.value
  if type(name) ~= "string" or #name > 60 or not string.find(name, NAME) then
    return nil, "a secret's name is of capital letters, digits and '_', such as SHOP_KEY", "invalid"
  end
  if type(value) ~= "string" or value == "" or #value > VALUE_MAX or string.find(value, "%c") then
    return nil, ("a secret is one line of 1 to %d bytes"):format(VALUE_MAX), "invalid"
  end
  local rows, message, code = host.query("secret.list", bot)
  if not rows then return nil, message, code end
  if #rows >= COUNT_MAX then return nil, ("a bot has at most %d secrets"):format(COUNT_MAX), "invalid" end
  local author = string.sub(request.author or "", 1, 100)
  host.write("secret.put", bot, name, host.seal(purpose(bot, name), value), author, host.now())
  return { ok = true, name = name }
end

function secrets.remove(bot, request)
  local name = tostring(request.name)
  local rows, message, code = host.query("secret.get", bot, name)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "there is no secret '" .. name .. "'", "not_found" end
  host.write("secret.remove", bot, name)
  return { ok = true, name = name }
end

-- For requests that go out, never for a script: the value, or nil and why not.
function secrets.get(bot, name)
  local rows, message, code = host.query("secret.get", bot, name)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "the secret '" .. name .. "' is not set", "not_found" end
  local value = host.unseal(purpose(bot, name), rows[1].box)
  if not value then return nil, "the secret '" .. name .. "' cannot be opened", "denied" end
  return value
end

return secrets
