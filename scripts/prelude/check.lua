-- The check of a whole bundle: every declaration, every reference and the
-- files' own tests. Runs in a scratch state before a reload or a publish.
local bundle = require "prelude.bundle"
local export = require "prelude.export"
local facts = require "lib.facts"
local own_tests = require "prelude.own_tests"
local plan = require "prelude.plan"
local shape = require "prelude.shape"

local check = {}

local function exists(registry, field, target)
  if field == "show" then return registry.menus[target] ~= nil end
  return target == shape.HANDOVER or registry.commands[target] ~= nil or registry.menus[target] ~= nil
end

local function check_targets(registry, problems, at, subject, declared)
  for _, field in ipairs { "go", "show" } do
    local target = declared[field]
    if type(target) == "string" and not exists(registry, field, target) then
      local hint = export.similar(target, field == "go" and registry.commands or {})
        or export.similar(target, registry.menus)
      problems[#problems + 1] = ("%s: %s %s '%s', which does not exist%s"):format(
        at,
        subject,
        field == "go" and "goes to" or "shows",
        target,
        hint and (" (did you mean '%s'?)"):format(hint) or ""
      )
    end
  end
end

-- {placeholders} of a text, in each of its languages.
local function check_text(problems, at, subject, value)
  if type(value) == "table" then
    for _, entry in pairs(value) do
      check_text(problems, at, subject, entry)
    end
  elseif type(value) == "string" then
    for name in string.gmatch(value, "{([%l_]+%.[%l_]+)}") do
      if not facts.placeholders[name] then
        local hint = export.similar(name, facts.placeholders)
        hint = hint and (" (did you mean '{%s}'?)"):format(hint) or ""
        problems[#problems + 1] = ("%s: %s says '{%s}', which is not known%s"):format(at, subject, name, hint)
      end
    end
  end
end

local function check_declared(registry, problems, at, subject, declared)
  check_targets(registry, problems, at, subject, declared)
  check_text(problems, at, subject, declared.say)
  check_text(problems, at, subject, declared.text)
end

local function check_menu(registry, problems, menu)
  check_text(problems, menu.at, ("menu '%s'"):format(menu.name), menu.text)
  for i, item in ipairs(type(menu.items) == "table" and menu.items or {}) do
    if type(item) == "table" then
      local label = type(item.label) == "table" and item.label.en or item.label
      check_declared(
        registry,
        problems,
        menu.at,
        ("menu '%s' item '%s'"):format(menu.name, tostring(label or i)),
        item
      )
    end
  end
end

-- Problems of one registry, those found while it was loaded first.
function check.registry(registry)
  local problems = table.move(registry.problems, 1, #registry.problems, 1, {})
  for _, command in pairs(registry.commands) do
    check_declared(registry, problems, command.at, ("command '%s'"):format(command.name), command)
  end
  for _, menu in pairs(registry.menus) do
    check_menu(registry, problems, menu)
  end
  for i, rule in ipairs(registry.rules or {}) do
    if type(rule) == "table" then
      check_declared(registry, problems, registry.rules.at, "fallback rule " .. i, rule)
    end
  end
  for _, begun in ipairs(registry.begun) do
    if not begun.done then
      problems[#problems + 1] = ("%s: %s needs a table: { ... }"):format(begun.at, begun.subject)
    end
  end
  for _, use in ipairs(registry.uses) do
    if not registry.webhooks[use.name] then
      problems[#problems + 1] = ("%s: webhook '%s' is not declared"):format(use.at, tostring(use.name))
    end
  end
  return problems
end

-- nil when the current files are fine, else the list of "file:line: text".
function check.all()
  local problems = check.registry(bundle.current(true))
  for _, list in ipairs { plan.check(), own_tests.run() } do
    table.move(list, 1, #list, #problems + 1, problems)
  end
  return problems[1] and problems or nil
end

return check
