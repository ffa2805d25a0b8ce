-- Bundles: what the files of commands/ menus/ rules/ webhooks/ declare, for
-- each version that a dialog of this state still needs. The current version
-- comes from the host's files, an older one from the store's copy.
local host = require "host"
local json = require "json"
local loader = require "prelude.loader"
local make_bot = require "prelude.bot"
local text = require "lib.text"
local words = require "lib.words"

local bundle = {}

local FOLDERS = { "commands/", "menus/", "rules/", "webhooks/" }

local current_version = host.version
local registries = {} -- cache: version -> registry, of this generation only

local Registry = {}
Registry.__index = Registry

function Registry:problem(at, message) self.problems[#self.problems + 1] = at .. ": " .. message end

local function new_registry(version)
  return setmetatable({
    version = version,
    commands = {},
    menus = {},
    webhooks = {},
    rules = nil,
    handlers = {},
    listens = false, -- there is a handler
    order = {},
    uses = {},
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

-- Runs the bundle's files, in the order of their paths. A file that fails is
-- a problem of the bundle, not of the state. share: lib.* is the platform's
-- own copy; an older version brings its own.
local function load_files(registry, paths, open, share)
  local platform = loader.platform
  local builtin = {
    bot = make_bot(registry, platform "prelude.outbox"),
    json = json,
    text = text,
    time = platform "lib.time",
    log = platform "prelude.log",
    business = platform "prelude.knowledge",
  }
  local function is_lib(name) return string.find(name, "^lib%.[%l_]+$") ~= nil end
  if share then
    setmetatable(builtin, { __index = function(_, name) return is_lib(name) and platform(name) or nil end })
  end
  local _, run = loader.space { open = open, builtin = builtin, freeze = true, admit = is_lib }
  for _, path in ipairs(paths) do
    local ok, message = pcall(run, path)
    if not ok then
      registry.problems[#registry.problems + 1] = tostring(message)
      local last = registry.begun[#registry.begun]
      if last then last.done = true end -- its table is what failed
    end
  end
  seal(registry)
  return registry
end

-- In one of the folders that clients write too?
function bundle.is_of_folders(path)
  for _, folder in ipairs(FOLDERS) do
    if string.sub(path, 1, #folder) == folder then return true end
  end
  return false
end

local function is_bundle_file(path)
  return bundle.is_of_folders(path) and string.find(path, "%.lua$") ~= nil and not loader.is_test(path)
end

-- quiet: the caller tells of its problems, they need not be logged too.
function bundle.current(quiet)
  local registry = registries[current_version]
  if registry then return registry end
  local paths = {}
  for _, folder in ipairs(FOLDERS) do
    for _, path in ipairs(host.files(folder)) do
      if is_bundle_file(path) then paths[#paths + 1] = path end
    end
  end
  registry = load_files(new_registry(host.version), paths, host.load, true)
  registries[host.version] = registry
  for _, problem in ipairs(quiet and {} or registry.problems) do
    host.log("error", problem, {})
  end
  return registry
end

-- The registry of the version on which a dialog began; nil, message, code
-- when it is neither current nor stored. Waits on the store at first use.
function bundle.of(version)
  if version == host.version then return bundle.current() end
  if registries[version] then return registries[version] end
  local rows, message, code = host.query("bundle.get", version)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "version " .. version .. " is not stored", "not_found" end
  local files = json.decode(rows[1].files)
  local paths = {}
  for path in pairs(files) do
    if is_bundle_file(path) then paths[#paths + 1] = path end
  end
  local function open(path, env)
    local source = files[path]
    if not source then return nil, "no file '" .. path .. "' in version " .. version end
    return host.compile(path, source, env)
  end
  registries[version] = load_files(new_registry(version), paths, open, false)
  return registries[version]
end

return bundle
