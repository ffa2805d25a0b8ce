-- Events of a conversation: written to the ledger for every endpoint that
-- asked for them, and handed to the bundle's bot.on handlers.
local host = require "host"
local fault = require "lib.fault"
local ledger = require "hooks.ledger"
local listeners = require "hooks.listeners"
local plain_values = require "lib.plain_values"
local releases = require "prelude.releases"

local events = {}

local FROM_VISITOR =
  { ["widget.opened"] = true, ["widget.powered_by_clicked"] = true, ["fullpage.visited"] = true }

-- heard: with a chat for the handlers; else there is nobody to talk to.
local function run_handlers(self, handlers, event, heard)
  local registry = releases.of(self)
  local chat = require("prelude.steps").light(self, registry)
  local before = self.chat
  for _, handler in ipairs(handlers) do
    self.chat = chat
    local ok, message = pcall(handler, heard and chat.public or nil, event)
    if not ok then
      message = fault(message)
      host.log("error", message, { conversation = self.k, event = event.name })
      require("prelude.script_log").fault(self, registry, message)
    end
  end
  self.chat = before
end

function events.raise(self, name, data)
  if not self.e then
    data.bot = data.bot or self.b
    ledger.write({ bot = self.b, subject = self.k }, name, data)
  end
  local handlers = releases.of(self).handlers[name]
  if handlers then run_handlers(self, handlers, { name = name, data = data }, true) end
end

-- An event for the scripts alone: { name, data, ... }. in_chat: self is a conversation.
function events.hand(self, event, in_chat)
  local handlers = releases.of(self).handlers[event.name]
  if handlers then run_handlers(self, handlers, event, in_chat) end
end

-- Is there a handler or an endpoint for it? registry: the scripts that self follows.
function events.heard(self, registry, name)
  if registry.handlers[name] then return true end
  return not self.e and listeners.hears(name, nil, registry)
end

function events.from_visitor(self, frame)
  if not FROM_VISITOR[frame.name] or not self.n then return end
  local data = plain_values(frame.data)
  data.conversation, data.bot = self.k, self.b
  events.raise(self, frame.name, data)
end

return events
