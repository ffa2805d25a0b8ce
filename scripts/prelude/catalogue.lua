-- The commands that visitors may see: what the ready frame, the page's
-- palette and the help show. Those of the main menu come first, in its order.
local json = require "json"
local shape = require "prelude.shape"
local text = require "lib.text"

local catalogue = {}

local function ordered(registry)
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
  return list
end

-- { name, title, hint } of each, in the visitor's language.
function catalogue.commands(registry, locale)
  local list = {}
  for i, command in ipairs(ordered(registry)) do
    list[i] = {
      name = command.name,
      title = text.pick(command.title, locale),
      hint = text.pick(command.help, locale),
    }
  end
  return list
end

-- The same as JSON text, made once for each language.
function catalogue.json(registry, locale)
  local kept = registry.catalogue
  if not kept[locale] then kept[locale] = json.encode(json.array(catalogue.commands(registry, locale))) end
  return kept[locale]
end

return catalogue
