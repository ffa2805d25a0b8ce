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

local VISITOR_MAX <const>, VISITOR_MS <const> = 30, 600000

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
      host.fault()
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

-- What a page sends along, without what an address may tell of its visitor.
local function data_of(frame)
  local data = plain_values(frame.data)
  for name, value in pairs(data) do
    if type(value) == "string" and string.find(value, "://", 1, true) then
      data[name] = require("lib.visit_facts").address(value)
    end
  end
  return data
end

-- At most so many from one conversation: they come from a page, which may be anybody's.
local function too_many(self)
  local now, lately = host.mono(), self.ve
  if not lately or now - lately[2] > VISITOR_MS then
    lately = { 0, now }
    self.ve = lately
  end
  lately[1] = lately[1] + 1
  return lately[1] > VISITOR_MAX
end

function events.from_visitor(self, frame)
  if not FROM_VISITOR[frame.name] or too_many(self) then return end
  local data = data_of(frame)
  data.conversation, data.bot = self.k, self.b
  events.raise(self, frame.name, data)
end

-- The visitor's message seq is part of the conversation. Most turns are heard
-- by nobody: then nothing is made for them.
function events.said(self, registry, input, seq)
  if seq == 1 then events.raise(self, "conversation.created", { conversation = self.k }) end
  if not events.heard(self, registry, "message.created") then return end
  local said = input.shown or input.text or input.value or ""
  events.raise(self, "message.created", { conversation = self.k, seq = seq, from = "visitor", text = said })
end

return events
