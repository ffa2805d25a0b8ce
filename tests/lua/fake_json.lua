-- The `json` module of the server, for tests that run in a plain Lua: decodes
-- with lua-cjson, writes keys in sorted order, keeps whole numbers whole.
local cjson = require "cjson"

local json = { null = cjson.null }

local ARRAY = { __name = "json.array" }

function json.array(t) return setmetatable(t, ARRAY) end

local function mend(value)
  if type(value) == "number" then return math.tointeger(value) or value end
  if type(value) == "table" then
    for k, v in pairs(value) do
      value[k] = mend(v)
    end
  end
  return value
end

function json.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if not ok then return nil, tostring(value) end
  return mend(value)
end

local function quote(s)
  if not utf8.len(s) then error("not UTF-8", 0) end
  return '"'
    .. s:gsub('[%c"\\]', function(c)
      local short = ({ ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" })[c]
      return short or ("\\u%04x"):format(c:byte())
    end)
    .. '"'
end

local function write(value, depth)
  if depth > 32 then error("nested too deeply", 0) end
  local kind = type(value)
  if value == cjson.null then return "null" end
  if kind == "string" then return quote(value) end
  if kind == "boolean" or math.type(value) == "integer" then return tostring(value) end
  if kind == "number" then return ("%.17g"):format(value) end
  if kind == "nil" then return "null" end
  if kind ~= "table" then error("a " .. kind .. " has no JSON", 0) end
  local parts = {}
  if getmetatable(value) == ARRAY or #value > 0 then
    for i, entry in ipairs(value) do
      parts[i] = write(entry, depth + 1)
    end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  local keys = {}
  for key in pairs(value) do
    keys[#keys + 1] = key
  end
  table.sort(keys)
  for i, key in ipairs(keys) do
    parts[i] = quote(key) .. ":" .. write(value[key], depth + 1)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

function json.encode(value)
  local ok, text = pcall(write, value, 0)
  if not ok then return nil, tostring(text) end
  return text
end

return json
