-- The modules that scripts may require, and what they have without it: built
-- from the platform's own by the registration table, each when a file first
-- asks for it. All bundles of a state share them: nothing in them can be changed.
local loader = require "prelude.loader"
local export = require "prelude.export"

local modules = {}

-- module -> the platform's own, with the constants that are handed on
local SOURCES = {
  business = "prelude.knowledge",
  http = "prelude.fetch",
  json = "json",
  log = "prelude.log",
  store = "prelude.kv",
  text = "lib.text",
  time = "lib.time",
}
local JSON_MAX <const> = 131072 -- bytes: reading cannot be paused, and takes up to 0.2 ms for each KiB
local CONSTANTS = { time = { "SECOND", "MINUTE", "HOUR", "DAY" } }

-- json as scripts have it.
local function bounded(json)
  return {
    encode = json.encode,
    array = json.array,
    decode = function(text)
      if #text > JSON_MAX then return nil, "longer than 128 KiB", "invalid" end
      return json.decode(text)
    end,
  }
end

local function make(name)
  local source, constants = loader.platform(SOURCES[name]), {}
  if name == "json" then source = bounded(source) end
  for _, constant in ipairs(CONSTANTS[name] or {}) do
    constants[constant] = source[constant]
  end
  return export.module(name, source, constants)
end

-- t { en = "...", de = "..." }: the same table, checked where it stands.
local function localised(texts)
  if next(texts) == nil then error('t: give a text for each language, as in t { en = "Hello" }', 2) end
  for language, value in pairs(texts) do
    if type(language) ~= "string" or not string.find(language, "^%l%l$") then
      error(
        ("t: '%s' is no language; write two letters, as in t { en = \"Hello\" }"):format(tostring(language)),
        2
      )
    end
    if type(value) ~= "string" or value == "" then
      error(("t: the text for '%s' is missing"):format(language), 2)
    end
  end
  return texts
end

local made = {} -- cache: name -> module
local global -- cache

-- Modules by name, and globals.
function modules.new()
  local builtin = setmetatable({}, {
    __index = function(_, name)
      if SOURCES[name] and not made[name] then made[name] = make(name) end
      return made[name]
    end,
  })
  global = global or export.module("global", { t = localised }).t
  return builtin, { t = global }
end

return modules
