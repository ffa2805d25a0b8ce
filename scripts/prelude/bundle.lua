-- Bundles: the files of commands/ menus/ rules/ webhooks/ events/, by version.
-- The stock bundle is the host's files; an older stock bundle and a client's
-- versions come from the store. A dialog names the registry on which it began
-- by its version: "<stock hash>", or "<stock hash>/<number of the client's
-- version>". A registry lives as long as something uses it: this file keeps
-- the stock one, prelude/releases what is live, a waiting dialog its own.
local host = require "host"
local json = require "json"
local loader = require "prelude.loader"
local registries = require "prelude.registry"

local bundle = {}

local FOLDERS = { "commands/", "events/", "menus/", "rules/", "webhooks/" }

local stock -- cache: of this generation
local kept = host.weak() -- cache: version (and bot) -> registry, while somebody uses it

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

local function paths_of(files)
  local paths = {}
  for path in pairs(files) do
    if is_bundle_file(path) then paths[#paths + 1] = path end
  end
  return paths
end

local function opener(files, version)
  return function(path, env)
    local source = files[path]
    if not source then return nil, "no file '" .. path .. "' in version " .. version end
    return host.compile(path, source, env)
  end
end

-- The stock registry. quiet: the caller tells of its problems, they need not be logged too.
function bundle.current(quiet)
  if stock then return stock end
  local paths = {}
  for _, folder in ipairs(FOLDERS) do
    for _, path in ipairs(host.files(folder)) do
      if is_bundle_file(path) then paths[#paths + 1] = path end
    end
  end
  stock = registries.load(registries.new(host.version), paths, host.load)
  for _, problem in ipairs(quiet and {} or stock.problems) do
    host.log("error", problem, {})
  end
  return stock
end

-- An older stock registry; nil, message, code when it cannot be had. Waits.
local function old_stock(version)
  if version == host.version then return bundle.current() end
  if kept[version] then return kept[version] end
  local rows, message, code = host.query("bundle.get", version)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "version " .. version .. " is not stored", "not_found" end
  local files = json.decode(rows[1].files)
  local registry = registries.load(registries.new(version), paths_of(files), opener(files, version), true)
  kept[version] = registry
  return registry
end

-- The registry of a client's files (path -> text) over a stock one.
function bundle.over(below, files, number, bot)
  local registry = registries.new(below.version .. "/" .. number, number, bot)
  return registries.load(registry, paths_of(files), opener(files, number), false, below)
end

local function client_version(below, number, bot)
  local name = below.version .. "/" .. number .. "/" .. bot
  if kept[name] then return kept[name] end
  local rows, message, code = host.query("script.version_files", bot, number)
  if not rows then return nil, message, code end
  if not rows[1] then return nil, "version " .. number .. " is not stored", "not_found" end
  local registry = kept[name] -- another turn may have loaded it meanwhile
  if registry then return registry end
  registry = bundle.over(below, json.decode(rows[1].files), number, bot)
  kept[name] = registry
  return registry
end

-- A client's version over the stock scripts of now; 0: these alone. Waits at
-- first use; nil, message, code when the store does not have it.
function bundle.version(bot, number)
  if number == 0 then return bundle.current() end
  return client_version(bundle.current(), number, bot)
end

-- The registry of the version on which a dialog of the bot began.
function bundle.of(version, bot)
  if version == host.version then return bundle.current() end
  local below, number = string.match(version, "^([^/]+)/(%d+)$")
  local registry, message, code = old_stock(below or version)
  if not registry then return nil, message, code end
  if not number then return registry end
  return client_version(registry, math.tointeger(number), bot)
end

return bundle
