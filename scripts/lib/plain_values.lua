-- What a page sends along: of a stranger's object a few plain values are kept.
local text = require "lib.text"

local COUNT_MAX <const>, NAME_MAX <const>, TEXT_MAX <const> = 20, 40, 500 -- TEXT_MAX: characters
local BYTES_MAX <const> = 4000 -- of all texts

-- A new table; empty when data is none.
return function(data)
  local kept, count, bytes = {}, 0, 0
  for name, value in pairs(type(data) == "table" and data or {}) do
    local kind = type(value)
    if kind == "string" then value = text.cut(value, TEXT_MAX) end
    local size = kind == "string" and #value or 0
    local fits = type(name) == "string" and #name <= NAME_MAX and bytes + size <= BYTES_MAX
    if count < COUNT_MAX and fits and (kind == "string" or kind == "number" or kind == "boolean") then
      kept[name], count, bytes = value, count + 1, bytes + size
    end
  end
  return kept
end
