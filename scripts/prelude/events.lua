-- Events of a conversation: handed to the bundle's bot.on handlers and, where
-- a business follows them up, written to the outbox for every endpoint.
local host = require "host"
local fault = require "lib.fault"
local current = require "prelude.current"
local outbox = require "prelude.outbox"
local releases = require "prelude.releases"

local events = {}

-- Stored for delivery whether a script listens or not.
local DURABLE = { ["callback.requested"] = true, ["handover.requested"] = true, ["lead.created"] = true }

local FROM_VISITOR =
  { ["widget.opened"] = true, ["widget.powered_by_clicked"] = true, ["fullpage.visited"] = true }

local function run_handlers(self, handlers, name, data)
  local chat = require("prelude.steps").light(self, releases.of(self))
  local before = self.chat
  for _, handler in ipairs(handlers) do
    current.chat, self.chat = chat, chat
    local ok, message = pcall(handler, chat, { name = name, data = data })
    if not ok then host.log("error", fault(message), { conversation = self.k, event = name }) end
  end
  current.chat, self.chat = before, before
end

function events.raise(self, name, data)
  if DURABLE[name] then outbox.event(self, name, data) end
  local handlers = releases.of(self).handlers[name]
  if handlers then run_handlers(self, handlers, name, data) end
end

function events.from_visitor(self, frame)
  if not FROM_VISITOR[frame.name] or not self.n then return end
  events.raise(self, frame.name, type(frame.data) == "table" and frame.data or {})
end

return events
