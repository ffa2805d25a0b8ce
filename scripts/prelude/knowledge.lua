-- The `business` module of scripts: what the business has told, read-only.
local business = require "prelude.business"
local current = require "prelude.current"

local knowledge = {}

local function with_entry(read)
  local chat = current.get() or error("business can only be asked while a chat is running", 3)
  local entry, message, code = business.of(chat.self.b)
  current.chat = chat
  if not entry then return nil, message, code end
  return read(entry, chat)
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local result = {}
  for k, v in pairs(value) do
    result[k] = copy(v)
  end
  return result
end

-- The facts of one kind ("service", "product", "faq", ...): a list, empty when
-- there are none; nil, message, code when the store cannot be read.
function knowledge.list(kind)
  return with_entry(function(entry) return copy(entry.data[kind] or {}) end)
end

-- A text with its {placeholders} filled in.
function knowledge.fill(text)
  return with_entry(function(entry, chat)
    local filled = business.fill(entry.id, text, chat.self.l)
    current.chat = chat
    return filled
  end)
end

return knowledge
