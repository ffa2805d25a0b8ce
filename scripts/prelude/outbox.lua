-- Outgoing events and webhook calls: rows that commit with the turn. The job
-- that delivers them claims them later, so a slow receiver holds nobody up
-- and nothing is sent for a turn that was not committed.
local host = require "host"
local json = require "json"
local current = require "prelude.current"

local outbox = {}

local function insert(self, topic, key, kind, data)
  if self.e then return end
  local now = host.now()
  local body = json.encode { type = kind, timestamp = host.rfc3339(now), data = data }
  assert(body, "this cannot be written as JSON")
  host.write("outbox.insert", host.new_id("evt"), topic, key, body, now, now)
  host.wake()
end

-- For every endpoint that has asked for the event.
function outbox.event(self, name, data) insert(self, "event", name, name, data) end

-- bot.webhook "name":enqueue { ... }: true once the row is part of the turn.
function outbox.enqueue(name, body)
  local chat = current.get() or error("a webhook can only be sent while a chat is running", 3)
  if type(body) ~= "table" then error("a webhook needs a table to send", 3) end
  if chat:effect() then insert(chat.self, "webhook", name, body.type or name, body) end
  return true
end

return outbox
