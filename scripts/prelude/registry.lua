-- A registry: what the files of one bundle declare, made searchable. A client's
-- own lies over the stock one: what it declares replaces the stock's of the
-- same name, everything else shows through.
local fault = require "lib.fault"
local loader = require "prelude.loader"
local make_bot = require "prelude.bot"
local modules = require "prelude.modules"
local text = require "lib.text"
local words = require "lib.words"

local registries = {}

local Registry = {}
Registry.__index = Registry

function Registry:problem(at, message) self.problems[#self.problems + 1] = at .. ": " .. message end

-- version: the text by which a dialog finds it again. number and bot: of a
-- client's version; 0 and nil for the stock scripts.
function registries.new(version, number, bot)
  return setmetatable({
    version = version,
    number = number or 0,
    bot = bot,
    commands = {},
    menus = {},
    webhooks = {},
    rules = nil,
    handlers = {},
    listens = false, -- there is a handler
    order = {},
    uses = {},
    secrets = {}, -- names that bot.secret was asked for while the files were loaded, and where
    begun = {}, -- names that were called for a declaration, and where
    problems = {},
    catalogue = {}, -- locale -> the commands as JSON: prelude/catalogue.lua
    phrases = {}, -- folded name, title or phrase -> command
    tokens = {}, -- stem of such a phrase -> { command name = true }
    labels = {}, -- folded menu label -> item
    items = {}, -- "menu/label" -> item: the value that a click sends
  }, Registry)
end

local function add_phrase(registry, command, phrase)
  local folded = text.fold(phrase)
  registry.phrases[folded] = registry.phrases[folded] or command
  for _, stem in ipairs(words.content(folded)) do
    local set = registry.tokens[stem] or {}
    set[command.name] = true
    registry.tokens[stem] = set
  end
end

local function add_phrases(registry, command, value)
  if type(value) == "string" then return add_phrase(registry, command, value) end
  if type(value) ~= "table" then return end
  for _, entry in pairs(value) do
    add_phrases(registry, command, entry)
  end
end

local function each_language(value, visit)
  if type(value) == "string" then return visit(value) end
  for _, entry in pairs(value) do
    visit(entry)
  end
end

local function index_menu(registry, menu)
  for _, item in ipairs(type(menu.items) == "table" and menu.items or {}) do
    if type(item) == "table" and item.label then
      local folded = text.fold(text.pick(item.label, "en"))
      item.value = menu.name .. "/" .. (string.gsub(folded, " ", "-"))
      registry.items[item.value] = item
      each_language(item.label, function(label)
        label = text.fold(label)
        registry.labels[label] = registry.labels[label] or item
      end)
    end
  end
end

-- Makes what was declared searchable. Names win over titles, titles over words.
local function seal(registry)
  for _, command in pairs(registry.commands) do
    registry.phrases[text.fold(command.name)] = command
  end
  for _, body in ipairs(registry.order) do
    if registry.commands[body.name] == body then
      add_phrases(registry, body, body.title)
      add_phrases(registry, body, body.words)
    elseif registry.menus[body.name] == body then
      index_menu(registry, body)
    end
  end
  registry.sealed = true
end

local function fill_up(own, below)
  for key, value in pairs(below) do
    if own[key] == nil then own[key] = value end
  end
end

-- Tables that are only looked into, never walked through, need no copy.
local function show_through(own, below, keep)
  setmetatable(own, {
    __index = function(_, key)
      local value = below[key]
      if value ~= nil and keep(value, key) then return value end
      return nil
    end,
  })
end

-- The command names of a stem: those of both, without what was replaced.
local function stems_through(registry, below, is_there)
  local function add(set, names)
    for name in pairs(names or {}) do
      if is_there(below.commands[name]) then set[name] = true end
    end
    return set
  end
  for stem, set in pairs(registry.tokens) do
    add(set, below.tokens[stem])
  end
  setmetatable(registry.tokens, {
    __index = function(_, stem)
      local names = below.tokens[stem]
      local set = names and add({}, names)
      return set and next(set) and set or nil
    end,
  })
end

-- Lets what is below show through where the registry has nothing of its own.
local function lay_over(registry, below)
  fill_up(registry.commands, below.commands)
  fill_up(registry.menus, below.menus)
  fill_up(registry.webhooks, below.webhooks)
  local function is_there(command) return registry.commands[command.name] == command end
  local function menu_is_there(_, value)
    local name = string.match(value, "^([^/]*)/")
    return registry.menus[name] == below.menus[name]
  end
  show_through(registry.phrases, below.phrases, is_there)
  show_through(registry.items, below.items, menu_is_there)
  show_through(registry.labels, below.labels, function(item) return menu_is_there(item, item.value) end)
  stems_through(registry, below, is_there)
  for event, handlers in pairs(below.handlers) do
    registry.handlers[event] = table.move(
      handlers,
      1,
      #handlers,
      #(registry.handlers[event] or {}) + 1,
      registry.handlers[event] or {}
    )
    registry.listens = true
  end
  registry.rules = registry.rules or below.rules
end

-- Runs the bundle's files, in the order of their paths. A file that fails is
-- a problem of the bundle, not of the state.
--   open(path, env) -> chunk | nil, message
--   own_lib: the files bring lib.* along; else it is the platform's copy
--   below: the registry that shows through
function registries.load(registry, paths, open, own_lib, below)
  local platform = loader.platform
  local builtin, globals = modules.new()
  builtin.bot = make_bot(registry, platform "prelude.outbox")
  local function is_lib(name) return string.find(name, "^lib%.[%l_]+$") ~= nil end
  if not own_lib then
    local behind = getmetatable(builtin).__index
    setmetatable(builtin, {
      __index = function(_, name) return is_lib(name) and platform(name) or behind(builtin, name) end,
    })
  end
  local _, run =
    loader.space { open = open, builtin = builtin, globals = globals, freeze = true, admit = is_lib }
  for _, path in ipairs(paths) do
    local ok, message = pcall(run, path)
    if not ok then
      registry.problems[#registry.problems + 1] = fault(message)
      local last = registry.begun[#registry.begun]
      if last then last.done = true end -- its table is what failed
    end
  end
  seal(registry)
  if below then lay_over(registry, below) end
  return registry
end

return registries
