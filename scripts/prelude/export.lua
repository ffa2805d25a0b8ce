-- Makes the functions that scripts see from the platform's own: only what the
-- registration table lists, each behind a check of what it is given. A script
-- holds these, never the platform's tables, so what it does to them stays its
-- own affair.
local current = require "prelude.current"
local signature = require "prelude.signature"

local export = {}

local NAME_MAX <const> = 60 -- of a name that is compared

local function letters(name)
  local list = { string.byte(string.lower(name), 1, -1) }
  table.sort(list)
  return table.concat(list, " ")
end

-- How many letters have to be put in, taken out or changed.
local function distance(a, b)
  local row = {}
  for j = 0, #b do
    row[j] = j
  end
  for i = 1, #a do
    local diagonal
    diagonal, row[0] = row[0], i
    for j = 1, #b do
      local cost = string.byte(a, i) == string.byte(b, j) and 0 or 1
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

-- The known name that looks most like a misspelt one of three letters or more, or nil. known: a table by name.
function export.similar(name, known)
  if #name < 3 or #name > NAME_MAX then return nil end
  local best, least = nil, math.max(1, #name // 3) + 1
  for candidate in pairs(known) do
    if type(candidate) == "string" and #candidate <= NAME_MAX then
      local far = letters(name) == letters(candidate) and 1 or distance(name, candidate)
      if far < least then
        best, least = candidate, far
      end
    end
  end
  return best
end

local function unknown(call, known)
  return function(_, name)
    name = tostring(name)
    local hint = export.similar(name, known)
    error(
      ("%s%s does not exist%s"):format(call, name, hint and (" (did you mean '%s'?)"):format(hint) or ""),
      2
    )
  end
end

-- What a script holds of a module: nothing in it can be changed, a name that is
-- not there is an error.
local function sealed(call, module)
  setmetatable(module, { __index = unknown(call, module) })
  return setmetatable({}, {
    __index = module,
    __newindex = function() error("this table is read-only", 2) end,
    __pairs = function() return pairs(module) end,
    __metatable = false,
  })
end

-- A function that is not called on anything.
local function plain(area, entry, f)
  return function(...)
    signature.verify(area.types, entry, 2, select("#", ...), ...)
    return f(...)
  end
end

-- Public: a module for scripts. impl has functions by name; "bot.get" is found
-- as impl.bot.get. Constants that are no functions are handed on.
function export.module(name, impl, constants)
  local area = signature.load(name)
  local module = {}
  for path, entry in pairs(area.functions) do
    local owner, method = string.match(path, "^([%l_]+)%.([%l_]+)$")
    if owner then
      module[owner] = module[owner] or {}
      module[owner][method] = plain(area, entry, impl[owner][method])
    else
      module[path] = plain(area, entry, impl[path])
    end
  end
  for key, value in pairs(constants or {}) do
    module[key] = value
  end
  for key, value in pairs(module) do
    if type(value) == "table" then module[key] = sealed(area.call .. key .. ".", value) end
  end
  return sealed(area.call, module)
end

-- The chat behind the table that a script holds: the one that is running now
-- for this conversation, and no other.
local function running(methods, entry, public)
  local chat = current.get()
  if chat and rawequal(chat.public, public) then return chat end
  if
    type(public) == "table"
    and rawequal(getmetatable(public), false)
    and rawequal(public.say, methods.say)
  then
    error(entry.label .. ": this chat is over or another's; use the one that your function was given", 3)
  end
  error(("%s is called with a colon: %s(...)"):format(entry.label, entry.label), 3)
end

local function method(methods, area, entry, f)
  return function(public, ...)
    local chat = running(methods, entry, public)
    signature.verify(area.types, entry, 2, select("#", ...), ...)
    return f(chat, ...)
  end
end

-- The methods of a chat; impl's take the inner chat first. A function that
-- the table does not list is a fault of ours.
function export.methods(names, impl)
  local methods = {}
  for _, name in ipairs(names) do
    local area = signature.load(name)
    for path, entry in pairs(area.functions) do
      methods[path] = method(methods, area, entry, impl[path])
    end
  end
  for name in pairs(impl) do
    if not methods[name] then error("chat:" .. name .. " is not in prelude/api") end
  end
  return setmetatable(methods, { __index = unknown("chat:", methods) })
end

return export
