-- Writes plain tables as YAML, keys in a given order and then by name, so that
-- the same table always gives the same text.
local yaml = {}

local RANK = {}
for i, name in ipairs {
  "openapi",
  "info",
  "title",
  "version",
  "summary",
  "operationId",
  "description",
  "tags",
  "servers",
  "url",
  "security",
  "name",
  "in",
  "required",
  "type",
  "format",
  "parameters",
  "requestBody",
  "responses",
  "content",
  "schema",
  "paths",
  "components",
} do
  RANK[name] = i
end

local function keys_of(t)
  local keys = {}
  for key in pairs(t) do
    keys[#keys + 1] = key
  end
  table.sort(keys, function(a, b)
    local rank_a, rank_b = RANK[a] or 1000, RANK[b] or 1000
    if rank_a ~= rank_b then return rank_a < rank_b end
    return tostring(a) < tostring(b)
  end)
  return keys
end

local function scalar(value)
  if type(value) ~= "string" then return tostring(value) end
  return '"' .. value:gsub('[\\"]', "\\%0"):gsub("\n", "\\n") .. '"'
end

local function is_list(t) return #t > 0 or next(t) == nil end

local function key_text(key)
  if type(key) == "number" then return '"' .. key .. '"' end
  return key:find "^[%a_][%w_-]*$" and key or scalar(key)
end

local function plain(t)
  for _, value in pairs(t) do
    if type(value) == "table" then return false end
  end
  return true
end

local function flow(list)
  local parts = {}
  for i, value in ipairs(list) do
    parts[i] = scalar(value)
  end
  return "[" .. table.concat(parts, ", ") .. "]"
end

local function write(out, value, indent)
  local pad = ("  "):rep(indent)
  for _, key in ipairs(keys_of(value)) do
    local entry = value[key]
    local head = is_list(value) and pad .. "-" or pad .. key_text(key) .. ":"
    if type(entry) ~= "table" then
      out[#out + 1] = head .. " " .. scalar(entry)
    elseif next(entry) == nil then
      out[#out + 1] = head .. (entry == yaml.EMPTY and " {}" or " []")
    elseif is_list(entry) and plain(entry) then
      out[#out + 1] = head .. " " .. flow(entry)
    else
      out[#out + 1] = head
      write(out, entry, indent + 1)
    end
  end
end

yaml.EMPTY = {} -- an object without fields

function yaml.write(value)
  local out = {}
  write(out, value, 0)
  return table.concat(out, "\n") .. "\n"
end

return yaml
