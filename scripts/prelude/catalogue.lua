-- The commands that a visitor may see: what the ready frame, the page's
-- palette and the help show. Those of the main menu come first, in its order.
-- Where commands have conditions the list is made for who asks; lists that
-- show the same commands share their text.
local json = require "json"
local conditions = require "prelude.conditions"
local shape = require "prelude.shape"
local text = require "lib.text"

local catalogue = {}

local KEPT_MAX <const> = 64 -- texts for each registry

-- All that are not hidden, whatever their conditions; made once.
local function listed(registry)
  if registry.listed then return registry.listed end
  local list, seen = {}, {}
  local function add(command)
    if command and not command.hidden and not seen[command.name] then
      seen[command.name] = true
      list[#list + 1] = command
    end
  end
  local main = registry.menus.main
  for _, item in ipairs(main and main.items or {}) do
    if item.go and item.go ~= shape.HANDOVER then add(registry.commands[item.go]) end
  end
  for _, command in pairs(registry.commands) do
    add(command)
  end
  registry.listed = list
  return list
end

-- Those of them that apply, and which these are: a letter for each.
local function applying(self, registry)
  local all = listed(registry)
  if not conditions.wants(registry).menu then return all, "" end
  local facts, list, key = conditions.facts(self), {}, {}
  for i, command in ipairs(all) do
    local applies = conditions.apply(self, command, facts)
    if applies then list[#list + 1] = command end
    key[i] = applies and "1" or "0"
  end
  return list, table.concat(key)
end

local function describe(list, locale)
  local all = {}
  for i, command in ipairs(list) do
    all[i] = {
      name = command.name,
      title = text.pick(command.title, locale),
      hint = text.pick(command.help, locale),
      group = text.pick(command.group, locale),
    }
  end
  return all
end

-- { name, title, hint, group } of each, in the visitor's language.
function catalogue.commands(self, registry) return describe(applying(self, registry), self.l) end

-- The same as JSON text, and the key that tells one list from another.
function catalogue.json(self, registry)
  local list, key = applying(self, registry)
  key = self.l .. key
  local kept = registry.catalogue
  if not kept[key] then
    registry.catalogues = (registry.catalogues or 0) + 1
    if registry.catalogues > KEPT_MAX then
      kept, registry.catalogues = {}, 1
      registry.catalogue = kept
    end
    kept[key] = json.encode(json.array(describe(list, self.l)))
  end
  return kept[key], key
end

-- In how many ms the list may change by itself; nil when it does not.
function catalogue.next_change(self, registry)
  if not conditions.wants(registry).menu then return nil end
  return conditions.next_change(self, listed(registry))
end

return catalogue
