-- Checks a decoded JSON value against a schema: the subset of JSON Schema that
-- the routes use, so the table that checks a request is the one that the API's
-- document shows. Pure; unknown words in a schema are a mistake of ours.
local json = require "json"
local formats = require "api.formats"

local schema = {}

local ERRORS_MAX = 20

local check -- (errors, pointer, value, rule)

local function add(errors, pointer, code, detail)
  if #errors < ERRORS_MAX then errors[#errors + 1] = { pointer = pointer, code = code, detail = detail } end
end

-- "a/b" is one step of a JSON pointer: RFC 6901.
local function step(name) return "/" .. string.gsub(string.gsub(tostring(name), "~", "~0"), "/", "~1") end

local function is_list(value) return type(value) == "table" and (value[1] ~= nil or next(value) == nil) end

local function is_map(value) return type(value) == "table" and value[1] == nil end

local is_type = {
  string = function(value) return type(value) == "string" end,
  integer = function(value) return math.type(value) == "integer" end,
  number = function(value) return type(value) == "number" end,
  boolean = function(value) return type(value) == "boolean" end,
  null = function(value) return value == json.null end,
  array = is_list,
  object = is_map,
}

local function type_of(value, rule)
  local kinds = type(rule.type) == "table" and rule.type or { rule.type }
  for _, kind in ipairs(kinds) do
    if is_type[kind](value) then return kind end
  end
  return nil, table.concat(kinds, " or ")
end

local checks = {}

function checks.string(errors, pointer, value, rule)
  local length = utf8.len(value)
  if not length then return add(errors, pointer, "malformed", "must be UTF-8") end
  if rule.minLength and length < rule.minLength then
    return add(errors, pointer, "too_short", ("must have at least %d characters"):format(rule.minLength))
  end
  if length > (rule.maxLength or 200) then
    return add(errors, pointer, "too_long", ("may have at most %d characters"):format(rule.maxLength or 200))
  end
  local format = rule.format and assert(formats[rule.format], rule.format)
  if format and not format.check(value) then add(errors, pointer, "malformed", format.reason) end
end

function checks.number(errors, pointer, value, rule)
  if rule.minimum and value < rule.minimum then
    add(errors, pointer, "too_small", ("must be at least %s"):format(rule.minimum))
  elseif rule.maximum and value > rule.maximum then
    add(errors, pointer, "too_large", ("must be at most %s"):format(rule.maximum))
  end
end

checks.integer = checks.number

function checks.array(errors, pointer, value, rule)
  if #value < (rule.minItems or 0) or #value > (rule.maxItems or 100) then
    local bounds = ("must have %d to %d entries"):format(rule.minItems or 0, rule.maxItems or 100)
    return add(errors, pointer, "bad_count", bounds)
  end
  for i, entry in ipairs(value) do
    check(errors, pointer .. step(i - 1), entry, rule.items)
  end
end

local function in_order(t)
  local names = {}
  for name in pairs(t) do
    names[#names + 1] = tostring(name)
  end
  table.sort(names)
  return names
end

function checks.object(errors, pointer, value, rule)
  local properties, more = rule.properties or {}, rule.additionalProperties
  local names = in_order(value)
  if rule.maxProperties and #names > rule.maxProperties then
    return add(errors, pointer, "bad_count", ("may have at most %d fields"):format(rule.maxProperties))
  end
  for _, name in ipairs(names) do
    local field = properties[name] or (type(more) == "table" and more)
    if field then
      check(errors, pointer .. step(name), value[name], field)
    elseif not more then
      add(errors, pointer .. step(name), "unknown", "is not a field here")
    end
  end
  for _, name in ipairs(rule.required or {}) do
    if value[name] == nil then add(errors, pointer .. step(name), "missing", "is required") end
  end
  if rule.minProperties and #names < rule.minProperties then
    add(errors, pointer, "bad_count", "nothing is given")
  end
end

function check(errors, pointer, value, rule)
  if rule.type then
    local kind, wanted = type_of(value, rule)
    if not kind then return add(errors, pointer, "wrong_type", "must be " .. wanted) end
    if checks[kind] then checks[kind](errors, pointer, value, rule) end
  end
  if rule.enum and value ~= json.null then
    for _, allowed in ipairs(rule.enum) do
      if allowed == value then return end
    end
    add(errors, pointer, "not_allowed", "must be one of " .. table.concat(rule.enum, ", "))
  end
end

-- nil when the value is fine, else the list of { pointer, code, detail }.
function schema.faults(value, rule, pointer)
  local errors = {}
  check(errors, pointer or "", value, rule)
  return errors[1] and errors or nil
end

-- A query parameter is text; its schema says what it stands for. nil when it
-- is not written like one.
function schema.from_text(value, rule)
  if rule.type == "integer" then
    return #value <= 18 and string.find(value, "^%-?%d+$") and math.tointeger(tonumber(value)) or nil
  end
  if rule.type == "boolean" then
    if value == "true" then return true end
    if value == "false" then return false end
    return nil
  end
  return value
end

return schema
