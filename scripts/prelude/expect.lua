-- What a test of scripts/ is handed as `t`: it compares, and what does not
-- hold is an error at the line of the test, in one line. Pure.
local expect = {}

local SHOWN_MAX = 160 -- bytes of a value in a message

local show

local function show_table(value, depth)
  if depth == 0 then return "{...}" end
  local parts = {}
  for i, entry in ipairs(value) do
    parts[i] = show(entry, depth - 1)
  end
  local count = #parts
  for key, entry in pairs(value) do
    local in_list = math.type(key) == "integer" and key >= 1 and key <= count
    if not in_list then parts[#parts + 1] = tostring(key) .. " = " .. show(entry, depth - 1) end
  end
  return "{" .. table.concat(parts, ", ") .. "}"
end

function show(value, depth)
  if type(value) == "string" then return "'" .. string.gsub(value, "\n", "\\n") .. "'" end
  if type(value) == "table" then return show_table(value, depth) end
  return tostring(value)
end

-- A value as a short text: 3, 'three', {1, 2, name = 'x'}
function expect.show(value)
  local s = show(value, 4)
  return #s <= SHOWN_MAX and s or string.sub(s, 1, SHOWN_MAX) .. "…"
end

-- The same value, tables by what they hold. 1 and 1.0 are not the same: what
-- a visitor reads differs.
local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b and math.type(a) == math.type(b) end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- The value first, then what it should be: t.equal(hours.open(...), true)
function expect.equal(value, wanted)
  if not same(value, wanted) then
    error(("expected %s, got %s"):format(expect.show(wanted), expect.show(value)), 2)
  end
end

function expect.truthy(value)
  if not value then error(("expected a value, got %s"):format(expect.show(value)), 2) end
end

function expect.falsy(value)
  if value then error(("expected nil or false, got %s"):format(expect.show(value)), 2) end
end

-- f(...) is an error whose message has `part` in it, as plain text.
function expect.raises(part, f, ...)
  local ok, message = pcall(f, ...)
  if ok then error(("expected the error '%s', got none"):format(part), 2) end
  if not string.find(tostring(message), part, 1, true) then
    error(("expected the error '%s', got '%s'"):format(part, tostring(message)), 2)
  end
end

return expect
