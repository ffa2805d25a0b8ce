-- Blocks from declarations. A text without placeholders and a menu without
-- conditions are encoded once for each language and kept with the
-- declaration; the same text goes into the row and the frame.
local json = require "json"
local business = require "prelude.business"
local conditions = require "prelude.conditions"
local text = require "lib.text"
local transcript = require "prelude.transcript"

local show = {}

local reply = transcript.reply

-- The filled-in text of a localised value.
function show.fill(self, value)
  local s = text.pick(value, self.l)
  if string.find(s, "{", 1, true) then s = business.fill(self.b, s, self.l) end
  return s
end

-- The `say` of a command, item or rule.
function show.declared(self, declared)
  local cache = declared.cache
  local blocks = cache and cache[self.l]
  if not blocks then
    local s = text.pick(declared.say, self.l)
    if string.find(s, "{", 1, true) then return transcript.say(self, show.fill(self, s)) end
    blocks = transcript.text_block(s)
    declared.cache = cache or {}
    declared.cache[self.l] = blocks
  end
  return reply(self, blocks)
end

-- The menu as a value: { kind, name, text, items }. plain: it is the same at
-- any hour, for any visitor and business, so it may be kept.
local function menu_block(self, registry, menu)
  local plain = true
  local items, facts = {}, conditions.facts(self)
  for _, item in ipairs(menu.items) do
    local command = item.go and registry.commands[item.go]
    if item.when or (command and command.when) then plain = false end
    if conditions.item_applies(self, registry, item, facts) then
      items[#items + 1] = { label = text.pick(item.label, self.l), value = item.value }
    end
  end
  local s = text.pick(menu.text, self.l)
  if string.find(s, "{", 1, true) then
    plain = false
    s = business.fill(self.b, s, self.l)
  end
  return { kind = "menu", name = menu.name, text = s, items = json.array(items) }, plain
end

function show.menu_blocks(self, registry, menu)
  local blocks = menu.cache and menu.cache[self.l]
  if blocks then return blocks end
  local block, plain = menu_block(self, registry, menu)
  blocks = "[" .. json.encode(block) .. "]"
  if plain then
    menu.cache = menu.cache or {}
    menu.cache[self.l] = blocks
  end
  return blocks
end

function show.menu(self, registry, name)
  local menu = registry.menus[name] or error("there is no menu '" .. tostring(name) .. "'", 0)
  return reply(self, show.menu_blocks(self, registry, menu))
end

-- One block as a message of its own.
function show.block(self, block) return transcript.reply(self, "[" .. json.encode(block) .. "]") end

-- Quick replies below a question; options are { value, label }.
function show.choices(self, question, options)
  local list = {}
  for i, option in ipairs(options) do
    list[i] = { value = option.value, label = option.label }
  end
  return show.block(self, { kind = "choices", text = question, options = json.array(list) })
end

return show
