-- Events of a conversation: written to the ledger for every endpoint that
-- asked for them, and handed to the bundle's bot.on handlers.
local host = require "host"
local fault = require "lib.fault"
local current = require "prelude.current"
local ledger = require "hooks.ledger"
local releases = require "prelude.releases"
local text = require "lib.text"

local events = {}

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
  if not self.e then
    data.bot = data.bot or self.b
    ledger.write({ bot = self.b, subject = self.k }, name, data)
  end
  local handlers = releases.of(self).handlers[name]
  if handlers then run_handlers(self, handlers, name, data) end
end

-- Of what a page sends along a few plain values are kept: it is a stranger's.
local function plain(data)
  local kept, count = {}, 0
  for name, value in pairs(type(data) == "table" and data or {}) do
    local kind = type(value)
    if type(name) == "string" and #name <= 40 and count < 20 then
      if kind == "string" then kept[name] = text.cut(value, 500) end
      if kind == "number" or kind == "boolean" then kept[name] = value end
      count = count + 1
    end
  end
  return kept
end

function events.from_visitor(self, frame)
  if not FROM_VISITOR[frame.name] or not self.n then return end
  local data = plain(frame.data)
  data.conversation, data.bot = self.k, self.b
  events.raise(self, frame.name, data)
end

return events
