-- Reaching out of the sandbox. Each says ESCAPED when it got somewhere.
local attacks = {}
local text, json = require "text", require "json"

local function escaped(chat, yes)
  if yes then chat:say "ESCAPED" end
end

function attacks.escape_globals(chat)
  for _, name in ipairs {
    "io",
    "os",
    "package",
    "debug",
    "load",
    "loadfile",
    "loadstring",
    "dofile",
    "collectgarbage",
    "print",
    "_G",
    "newproxy",
    "module",
    "setfenv",
    "getfenv",
    "host",
    "warn",
    "jit",
    "ffi",
    "bit",
  } do
    escaped(chat, (pcall(function() return _ENV[name].x end)))
    escaped(chat, rawget(_ENV, name) ~= nil)
  end
end

function attacks.escape_modules(chat)
  for _, name in ipairs {
    "host",
    "io",
    "os",
    "debug",
    "cjson",
    "prelude.loader",
    "prelude.releases",
    "actors.conversation",
    "api.router",
    "../prelude/init",
    "prelude/init",
    "lib.../prelude/init",
    "lib.x/../../prelude/init",
    "lib.",
  } do
    escaped(chat, (pcall(require, name)))
  end
end

function attacks.escape_bytecode(chat) escaped(chat, string.dump ~= nil) end

function attacks.escape_string_metatable(chat)
  escaped(chat, getmetatable "" ~= false)
  escaped(chat, (pcall(function() getmetatable("").__index = nil end)))
  escaped(chat, (pcall(setmetatable, "", {})))
end

function attacks.escape_addresses(chat)
  for _, value in ipairs { {}, next, coroutine.create(next), json.null } do
    escaped(chat, tostring(value):find "0x" ~= nil)
    escaped(chat, ("%s"):format(value):find "0x" ~= nil)
    escaped(chat, (pcall(string.format, "%p", value)))
    local _, message = pcall(function() return value < value end)
    escaped(chat, message:find "0x" ~= nil)
  end
end

function attacks.escape_host_paths(chat)
  local _, message = pcall(error, "x", 3)
  escaped(chat, message:find "/%a+/%a+/" ~= nil)
  local _, other = pcall(function() return nil .. "" end)
  escaped(chat, other:find "^/" ~= nil)
end

function attacks.escape_library_write(chat)
  escaped(chat, (pcall(function() string.format = nil end)))
  escaped(chat, (pcall(function() table.evil = 1 end)))
  escaped(chat, (pcall(rawset, string, "evil", 1)))
  escaped(chat, (pcall(rawset, math, "pi", 3)))
  escaped(chat, (pcall(table.insert, table, 1)))
  escaped(chat, (pcall(setmetatable, coroutine, {})))
  escaped(chat, (pcall(json.array, string)))
  escaped(chat, getmetatable(string) ~= false or next(string) ~= nil and rawget(string, "format") ~= nil)
end

function attacks.escape_module_write(chat)
  escaped(chat, (pcall(function() json.encode = nil end)))
  escaped(chat, (pcall(rawset, json, "encode", 1)))
  escaped(chat, (pcall(rawset, text, "fold", 1)))
  escaped(chat, (pcall(function() require("lib.phrases").languages[1] = "x" end)))
  escaped(chat, (pcall(table.insert, require("lib.phrases").languages, "x")))
  escaped(chat, (pcall(table.sort, require("lib.phrases").languages, function() return true end)))
end

function attacks.escape_environment_write(chat)
  escaped(chat, (pcall(function() _ENV.x = 1 end)))
  escaped(chat, (pcall(rawset, _ENV, "x", 1)))
  escaped(chat, (pcall(setmetatable, _ENV, {})))
  escaped(chat, getmetatable(_ENV) ~= false)
end

function attacks.escape_environment_swapped(chat)
  local fine = pcall(function()
    local _ENV <const> = { pairs = pairs }
    for k in pairs(_ENV) do
      escaped(chat, k ~= "pairs")
    end
  end)
  escaped(chat, not fine)
end

function attacks.escape_metatable_reads(chat)
  for _, value in ipairs {
    string,
    math,
    table,
    utf8,
    coroutine,
    json,
    text,
    _ENV,
    require "bot",
    require "log",
  } do
    escaped(chat, type(getmetatable(value)) == "table")
  end
end

function attacks.escape_upvalues(chat)
  local _, message = pcall(string.rep)
  escaped(chat, message:find "upvalue" ~= nil)
end

function attacks.escape_levels(chat)
  for level = 1, 30 do
    local _, message = pcall(error, "x", level)
    escaped(chat, message:find "^/" ~= nil)
  end
end

function attacks.escape_other_tenant(chat)
  escaped(chat, (pcall(function()
    chat.self.tenant = 2
    return require "host"
  end)))
end

function attacks.escape_secret(chat) escaped(chat, tostring(require("bot").secret "X"):find "key" ~= nil) end

function attacks.escape_coroutine_running(chat)
  escaped(chat, coroutine.running ~= nil or coroutine.close ~= nil)
end

function attacks.escape_yield_to_host(chat) escaped(chat, (pcall(coroutine.yield, "park"))) end

function attacks.escape_close(chat)
  local ok = pcall(function()
    local mt = {}
    local t = setmetatable({}, mt)
    mt.__close = function()
      while true do
      end
    end
    local _ <close> = t
  end)
  escaped(chat, ok)
end

function attacks.escape_close_in_for(chat)
  local ok = pcall(function()
    for _ in next, {}, nil, setmetatable({}, { __close = function() end }) do
    end
  end)
  escaped(chat, ok)
end

function attacks.escape_mode_by_every_way(chat)
  local mt = {}
  setmetatable({}, mt)
  escaped(chat, (pcall(function() mt.__mode = "k" end)))
  escaped(chat, (pcall(rawset, mt, "__mode", "k")))
  escaped(chat, (pcall(function() mt["__" .. "mode"] = "k" end)))
  escaped(chat, (pcall(function()
    setmetatable(mt, { __newindex = mt })
    mt.__mode = "k"
  end)) and rawget(mt, "__mode"))
  setmetatable(mt, nil)
  escaped(chat, (pcall(function() mt.__mode = "k" end)))
  escaped(chat, (pcall(function()
    json.array(mt)
    mt.__mode = "k"
  end)))
  escaped(chat, (pcall(setmetatable, {}, json.decode '{"__mode":"k"}')))
  escaped(chat, (pcall(setmetatable, {}, { __gc = true })))
end

return attacks
