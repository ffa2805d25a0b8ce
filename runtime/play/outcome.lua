-- What a turn of a rehearsal did, as a list of items in the order in which it
-- happened, and what differs between two such lists. An item is
-- { kind, text, block? }: a block of a message ("text", "choices", "card",
-- "form", ...), or an effect: "command", "event", "webhook", "http", "store",
-- "status", "error" (a script's), "refused" (what the visitor sent).
local json = require "json"

local outcome = {}

local TEXT_MAX = 300

-- The category that an item belongs to, for counts.
local CATEGORY = {
  command = "commands",
  error = "errors",
  event = "effects",
  http = "effects",
  status = "status",
  store = "effects",
  webhook = "effects",
}

function outcome.category(item) return item.block and "messages" or CATEGORY[item.kind] or "messages" end

-- Ids are made anew in each play.
local ID = "(%l+)_" .. ("%w"):rep(26)

local function without_ids(s) return (s:gsub(ID, "%1_…")) end

local function same(a, b)
  if type(a) == "string" and type(b) == "string" then return a == b or without_ids(a) == without_ids(b) end
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function labels_of(list, name)
  local labels = {}
  for i, entry in ipairs(list) do
    labels[i] = tostring(type(entry) == "table" and (entry[name] or entry.title or entry.label) or entry)
  end
  return labels
end

local function cut(s)
  if #s <= TEXT_MAX then return s end
  return s:sub(1, (utf8.offset(s, 0, TEXT_MAX + 1) or TEXT_MAX + 1) - 1) .. "…"
end

-- A block as a person reads it: its text, and what can be clicked or filled in.
function outcome.shown(block)
  local parts = { tostring(block.text or block.title or block.kind) }
  if block.kind == "card" and block.text and block.title then
    table.insert(parts, 1, tostring(block.title))
  end
  local choices = block.options or block.items or block.buttons or block.cards
  if type(choices) == "table" and #choices > 0 then
    parts[#parts + 1] = "[" .. table.concat(labels_of(choices, "label"), " | ") .. "]"
  end
  if type(block.fields) == "table" then
    local names = labels_of(block.fields, "label")
    for i, field in ipairs(block.fields) do
      names[i] = names[i] .. (type(field) == "table" and field.required and "*" or "")
    end
    parts[#parts + 1] = "{" .. table.concat(names, ", ") .. "}"
  end
  if block.url then parts[#parts + 1] = tostring(block.url) end
  return cut(table.concat(parts, " "))
end

function outcome.add_blocks(items, blocks)
  for _, block in ipairs(blocks) do
    items[#items + 1] = { kind = tostring(block.kind), text = outcome.shown(block), block = block }
  end
end

local function add(items, kind, text) items[#items + 1] = { kind = kind, text = cut(without_ids(text)) } end

-- What came back since the last look: items, and where the path left the log.
function outcome.hear(tool)
  local items, left = {}, nil
  for _, frame in ipairs(assert(json.decode(tool.hear()))) do
    if frame.type == "message" and frame.from == "bot" then
      outcome.add_blocks(items, frame.blocks)
    elseif frame.type == "rehearsal" then
      left = left or frame.left
      if frame.effect then add(items, frame.effect.kind, frame.effect.text) end
    elseif frame.type == "status" then
      add(items, "status", frame.conversation)
    elseif frame.type == "error" then
      add(items, "refused", frame.code)
    elseif frame.type == "closed" then
      add(items, "refused", "the conversation was closed: " .. frame.reason)
    end
  end
  return items, left
end

local function same_item(a, b)
  return a.kind == b.kind and (a.block and same(a.block, b.block) or a.text == b.text)
end

local function of_category(items, category)
  local list = {}
  for _, item in ipairs(items) do
    if outcome.category(item) == category then list[#list + 1] = item end
  end
  return list
end

local function same_list(a, b)
  if #a ~= #b then return false end
  for i = 1, #a do
    if not same_item(a[i], b[i]) then return false end
  end
  return true
end

outcome.categories = { "messages", "commands", "effects", "status", "errors" }

-- The categories of these that differ, a list; nil when none does.
function outcome.differ(was, now, categories)
  local found = json.array {}
  for _, category in ipairs(categories) do
    if not same_list(of_category(was, category), of_category(now, category)) then
      found[#found + 1] = category
    end
  end
  return found[1] and found or nil
end

-- Blocks that read the same but are not are shown whole.
local function told(item, others)
  for _, other in ipairs(others) do
    if item.block and other.block and other.text == item.text and not same(item.block, other.block) then
      return cut(item.text .. " " .. json.encode(item.block))
    end
  end
  return item.text
end

-- For a report: { kind, text } of what was said and of the categories that differ.
function outcome.lines(items, others, changed)
  local shown_too = { messages = true }
  for _, category in ipairs(changed) do
    shown_too[category] = true
  end
  local list = json.array {}
  for _, item in ipairs(items) do
    if shown_too[outcome.category(item)] then
      list[#list + 1] = { kind = item.kind, text = told(item, others) }
    end
  end
  return list
end

return outcome
