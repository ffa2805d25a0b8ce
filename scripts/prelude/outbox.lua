-- Webhook calls of scripts that need no answer: rows that commit with the turn.
-- Who delivers them comes later (jobs/sender.lua), so a slow receiver holds
-- nobody up and nothing is sent for a turn that was not committed.
local current = require "prelude.current"
local ledger = require "hooks.ledger"
local json = require "json"
local signature = require "prelude.signature"
local steps = require "prelude.steps"

local outbox = {}

-- bot.webhook "name":enqueue { ... }: true once the row is part of the turn.
function outbox.enqueue(name, body)
  if type(body) ~= "table" then
    error(("webhook '%s': 'body' must be a table, not %s"):format(name, signature.show(body)), 2)
  end
  local chat = current.get() or error("a webhook can only be sent while a chat is running", 2)
  if not json.encode(body) then error(("webhook '%s': 'body' cannot be written as JSON"):format(name), 2) end
  if not steps.effect(chat, "effect", name) or chat.self.e then return true end
  local about = { bot = chat.self.b, subject = chat.self.k }
  local kind = type(body.type) == "string" and #body.type <= 100 and body.type or "webhook"
  ledger.write(about, kind, body, name)
  return true
end

-- bot.webhook "name":post { ... }: sent now, and its answer waited for.
function outbox.post(name, body) return require("prelude.posts").post(name, body) end

-- An event that belongs to no conversation. It may be about scripts that do
-- not load: nobody asks them here whether they listen.
function outbox.event(_, name, data) ledger.write({ bot = data.bot, heard = true }, name, data) end

return outbox
