-- Module spaces: `require` and a strict global environment for a set of files.
--
-- The platform's space (prelude/ actors/ api/ lib/) may require "host". A
-- bundle's space (commands/ menus/ rules/ webhooks/) sees the modules it is
-- handed and lib.*, nothing else. In both, reading an unknown global is an
-- error at the line that does it, and so is setting any global.
local host, base = ...

local NAMES = {
  "assert",
  "coroutine",
  "error",
  "getmetatable",
  "ipairs",
  "math",
  "next",
  "pairs",
  "pcall",
  "rawequal",
  "rawget",
  "rawlen",
  "rawset",
  "select",
  "setmetatable",
  "string",
  "table",
  "tonumber",
  "tostring",
  "type",
  "utf8",
  "xpcall",
}
local LIBRARIES = { coroutine = true, math = true, string = true, table = true, utf8 = true }

local function refuse_change() error("this table is read-only", 2) end

local views = {} -- cache: shared table -> its view

-- A view of a library or module that a script cannot change under others'
-- feet, with all the tables in it: rawset refuses it, too, for its metatable
-- is protected, and what it shows is a copy, so there is no way through.
local function view(value)
  if type(value) ~= "table" or getmetatable(value) ~= nil then return value end
  if views[value] then return views[value] end
  local shown = {}
  views[value] = setmetatable({}, {
    __index = shown,
    __len = function() return #shown end,
    __pairs = function() return pairs(shown) end,
    __newindex = refuse_change,
    __metatable = false,
  })
  for k, v in pairs(value) do
    shown[k] = view(v)
  end
  return views[value]
end

-- Names that authors know from elsewhere, and what to write here.
local HINTS = {
  chat = "it is what run is given: run = function(chat) ... end",
  sleep = "a dialog waits for the visitor: chat:ask_text(question, { timeout = '2d' })",
  bot = "write 'local bot = require \"bot\"' above",
  io = "scripts have no files",
  os = "the time is chat:now()",
  print = "write 'local log = require \"log\"', then log.info(...)",
}

local function unknown(_, name)
  error("unknown name '" .. tostring(name) .. "' (" .. (HINTS[name] or "did you forget quotes?") .. ")", 2)
end

local function assigned(_, name)
  error(
    "global variables are not allowed: '" .. tostring(name) .. "' (write 'local " .. tostring(name) .. "')",
    2
  )
end

-- An empty table over the names over the error: every write misses the first,
-- every read of a known name is found in the second without a call.
local function environment(require, freeze, globals)
  local names = { require = require }
  for name, value in pairs(globals or {}) do
    names[name] = value
  end
  for _, name in ipairs(NAMES) do
    local value = base[name]
    if freeze and LIBRARIES[name] then value = view(value) end
    names[name] = value
  end
  setmetatable(names, { __index = unknown, __metatable = false })
  return setmetatable({}, { __index = names, __newindex = assigned, __metatable = false })
end

-- Modules whose files are being run, to find circles. A file is run whole: no
-- other turn of the state gets in between, so whoever may wait here is no
-- part of a load, and what a failed load left behind does not count.
local loading = {}

-- options.open(path, env) -> chunk | nil, message     how a file is found
-- options.builtin         name -> value                modules without a file
-- options.admit(name)     true when the file may be required; nil: all may
-- options.freeze          true: libraries and modules are read-only views
-- options.globals         name -> value                beside Lua's own
local function space(options)
  local loaded, env = {}, nil
  local open, builtin, admit = options.open, options.builtin, options.admit

  local function require(name)
    local value = loaded[name]
    if value ~= nil then return value end
    if type(name) ~= "string" then error("require needs the name of a module", 2) end
    value = builtin[name]
    if value ~= nil then return options.freeze and view(value) or value end
    if admit and not admit(name) then error("module '" .. name .. "' is not available to this file", 2) end
    local chunk, message = open((name:gsub("%.", "/")) .. ".lua", env)
    if not chunk then error(message or ("no module '" .. name .. "'"), 0) end
    if host.may_wait() then loading = {} end
    if loading[name] then error("module '" .. name .. "' requires itself in a circle", 2) end
    loading[name] = true
    value = host.whole(chunk)
    loading[name] = nil
    if value == nil then value = true end
    loaded[name] = value
    return value
  end

  env = environment(require, options.freeze, options.globals)

  -- Runs a file that is nobody's module: a bundle's own, or a test.
  local function run(path)
    local chunk, message = open(path, env)
    if not chunk then error(message, 0) end
    return chunk()
  end
  return require, run
end

-- A file's own tests stand beside it; only prelude/own_tests loads them.
local function is_test(path) return string.find(path, "_test%.lua$") ~= nil end

local builtin = { host = host, json = base.json }
local platform = space { open = host.load, builtin = builtin }
local loader = { space = space, platform = platform, is_test = is_test, names = NAMES, hints = HINTS }
builtin["prelude.loader"] = loader

return loader
