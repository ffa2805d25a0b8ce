-- The registration table of the script API: prelude/api/*.lua list every
-- function that a script may call. From these entries the functions that
-- scripts see are made (here and in prelude/export), the editor's stubs, the
-- reference page and the completion list are written (prelude/reference), and
-- the tests run their examples.
--
-- An area has a name, a title, `call` (what stands before the name), `module`
-- (what `require` needs), doc, types, fields and functions. A function has
--   name, params and returns: lists of { name, type, doc } and { type, doc }
--   short, doc       one line; more of it
--   errors, limits   what it refuses; its bounds
--   example, talk    code that the tests run, and what is then said; "> " is
--                    the visitor's line
-- A type is a name below, one of the area's own types, "A|B", "A[]"; "?" at
-- the end allows nil. Of the texts nothing stays in a tenant's memory.
local host = require "host"
local text = require "lib.text"
local time = require "lib.time"

local signature = {}

signature.areas =
  { "global", "bot", "chat", "asks", "business", "store", "http", "json", "text", "time", "log" }

-- Reads an area whole; for tools. nil when there is none.
function signature.read(area)
  local chunk = host.load("prelude/api/" .. area .. ".lua", _ENV)
  return chunk and chunk()
end

-- "a text ('abc')", for messages
function signature.show(value)
  local kind = type(value)
  if kind == "nil" then return "nothing" end
  if kind == "string" then return "the text '" .. text.cut(value, 30) .. "'" end
  if kind == "number" then return "the number " .. tostring(value) end
  if kind == "boolean" then return tostring(value) end
  return "a " .. kind
end

local function is_text(value)
  if type(value) == "string" then return true end
  if type(value) ~= "table" or next(value) == nil then return false end
  for language, entry in pairs(value) do
    if type(language) ~= "string" or not string.find(language, "^%l%l$") or type(entry) ~= "string" then
      return false
    end
  end
  return true
end

local function of(kind)
  return function(value) return type(value) == kind end
end

local function is_scalar(value)
  local kind = type(value)
  return kind == "string" or kind == "number" or kind == "boolean"
end

-- name -> { test, what an author reads }
local kinds = {
  any = { function() return true end, "anything" },
  value = { is_scalar, "a text, a number or a boolean" },
  string = { of "string", "a text" },
  text = { is_text, "a text, or a text for each language" },
  number = { of "number", "a number" },
  integer = { function(v) return math.type(v) == "integer" end, "a whole number" },
  boolean = { of "boolean", "true or false" },
  ["function"] = { of "function", "a function" },
  table = { of "table", "a table" },
  date = {
    function(v) return type(v) == "string" and time.parse_date(v) ~= nil end,
    "a date such as '2026-12-24'",
  },
  clock = {
    function(v) return type(v) == "string" and time.parse_clock(v) ~= nil end,
    "a time of day such as '19:30'",
  },
  period = {
    function(v) return type(v) == "string" and (time.parse_period(v) or 0) > 0 end,
    "a length of time such as '30m' or '2d'",
  },
}

local find_fault

-- The fields of a type, its parent's first.
local function fields_of(types, name)
  local class = types[name]
  if not class.all then
    local all = {}
    local parent = class.extends and fields_of(types, class.extends)
    for _, field in ipairs(parent or {}) do
      all[#all + 1] = field
    end
    for _, field in ipairs(class.fields) do
      all[#all + 1] = field
    end
    class.all = all
  end
  return class.all
end

signature.fields_of = fields_of

local function class_fault(types, name, value, path)
  if type(value) ~= "table" then
    return ("'%s' must be a table, not %s"):format(path, signature.show(value))
  end
  local fields, known = fields_of(types, name), {}
  for _, field in ipairs(fields) do
    known[field[1]] = true
    local fault = find_fault(types, field[2], value[field[1]], path .. "." .. field[1])
    if fault then return fault end
  end
  for key in pairs(value) do
    if not known[key] then
      local names = {}
      for i, field in ipairs(fields) do
        names[i] = field[1]
      end
      return ("'%s' knows no '%s' (there are: %s)"):format(path, tostring(key), table.concat(names, ", "))
    end
  end
  return nil
end

local function list_fault(types, element, value, path)
  if type(value) ~= "table" then
    return ("'%s' must be a list, not %s"):format(path, signature.show(value))
  end
  for i, entry in ipairs(value) do
    local fault = find_fault(types, element, entry, ("%s[%d]"):format(path, i))
    if fault then return fault end
  end
  for key in pairs(value) do
    if math.type(key) ~= "integer" then
      return ("'%s' must be a list; it has the name '%s'"):format(path, tostring(key))
    end
  end
  return nil
end

-- What an author reads of a type.
local function words_of(types, name)
  if kinds[name] then return kinds[name][2] end
  if types[name] then return "a table" end
  return "a list"
end

local function union_fault(types, list, value, path)
  local parts = {}
  for name in string.gmatch(list, "[^|]+") do
    local fault = find_fault(types, name, value, path)
    if not fault then return nil end
    -- a table that is nearly right: say what is wrong inside it
    if types[name] and type(value) == "table" and not is_text(value) then return fault end
    parts[#parts + 1] = words_of(types, name)
  end
  return ("'%s' must be %s, not %s"):format(path, table.concat(parts, ", or "), signature.show(value))
end

-- nil, or what is wrong with a value, in words.
function find_fault(types, wanted, value, path)
  if string.sub(wanted, -1) == "?" then
    if value == nil then return nil end
    wanted = string.sub(wanted, 1, -2)
  end
  if string.sub(wanted, -2) == "[]" then
    local element = string.gsub(string.sub(wanted, 1, -3), "^%((.*)%)$", "%1")
    return list_fault(types, element, value, path)
  end
  if string.find(wanted, "|", 1, true) then return union_fault(types, wanted, value, path) end
  local kind = kinds[wanted]
  if not kind then return class_fault(types, wanted, value, path) end
  if kind[1](value) then return nil end
  return ("'%s' must be %s, not %s"):format(path, kind[2], signature.show(value))
end

signature.find_fault = find_fault
signature.kinds = kinds

-- What the wrappers of one area need: { call, types, functions = name ->
-- { label, params, least, most } }. most is nil for functions that take any
-- number of values.
function signature.load(area)
  local source = assert(signature.read(area))
  local kept = { call = source.call, types = {}, functions = {} }
  for name, class in pairs(source.types) do
    local fields = {}
    for i, field in ipairs(class.fields) do
      fields[i] = { field[1], field[2] }
    end
    kept.types[name] = { extends = class.extends, fields = fields }
  end
  for _, entry in ipairs(source.functions) do
    local params = {}
    for i, param in ipairs(entry.params) do
      params[i] = { param[1], param[2] }
    end
    local last = params[#params]
    local open = last and last[1] == "..."
    if open then params[#params] = nil end
    kept.functions[entry.name] =
      { label = source.call .. entry.name, params = params, most = not open and #params or nil }
  end
  return kept
end

-- Raises, at the line of the script, what is wrong with the values of a call.
-- level: frames between here and there.
function signature.verify(types, entry, level, n, a, b, c)
  local params = entry.params
  if entry.most and n > entry.most then
    error(
      ("%s takes %d value%s, not %d"):format(entry.label, entry.most, entry.most == 1 and "" or "s", n),
      level + 1
    )
  end
  for i = 1, #params do
    local value
    if i == 1 then
      value = a
    elseif i == 2 then
      value = b
    else
      value = c
    end
    local param = params[i]
    local fault = find_fault(types, param[2], value, param[1])
    if fault then error(entry.label .. ": " .. fault, level + 1) end
  end
end

return signature
