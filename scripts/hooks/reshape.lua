-- What a webhook of the scripts makes of an event before it is sent: `filter`
-- says whether it wants it, `transform` returns other data. Both are a
-- client's code: an error leaves the plain event, and one that is killed is
-- found by its mark (state "shaping") when the sender comes back.
local json = require "json"
local releases = require "prelude.releases"

local reshape = {}

-- All of a bot's webhooks by name, as its live scripts declare them.
function reshape.hooks(bot) return bot and releases.of({ b = bot }).webhooks or {} end

-- The declaration, or nil when the scripts no longer have it.
function reshape.hook(bot, name) return reshape.hooks(bot)[name] end

function reshape.wanted(hook) return hook.filter ~= nil or hook.transform ~= nil end

-- event: decoded body. Returns "send" with the body's text (nil: as it is),
-- "skip", or "failed" with what went wrong.
function reshape.run(hook, text)
  local event = json.decode(text)
  local ok, result = pcall(function()
    if hook.filter and not hook.filter(event) then return false end
    if hook.transform then return hook.transform(event) end
    return nil
  end)
  if not ok then return "failed", tostring(result) end
  if result == false then return "skip" end
  if result == nil then return "send", nil end
  if type(result) ~= "table" then return "failed", "transform must return a table, nil or false" end
  local original = json.decode(text)
  local encoded, message = json.encode { type = original.type, timestamp = original.timestamp, data = result }
  if not encoded then return "failed", message or "what transform returned cannot be written as JSON" end
  if #encoded > 65536 then return "failed", "what transform returned is longer than 64 KiB" end
  return "send", encoded
end

return reshape
