-- What a page sends along: of a stranger's object a few plain values are kept.
local text = require "lib.text"

local COUNT_MAX <const>, NAME_MAX <const>, TEXT_MAX <const> = 20, 40, 500 -- TEXT_MAX: characters

-- A new table; empty when data is none.
return function(data)
  local kept, count = {}, 0
  for name, value in pairs(type(data) == "table" and data or {}) do
    local kind = type(value)
    if type(name) == "string" and #name <= NAME_MAX and count < COUNT_MAX then
      if kind == "string" then kept[name] = text.cut(value, TEXT_MAX) end
      if kind == "number" or kind == "boolean" then kept[name] = value end
      count = count + 1
    end
  end
  return kept
end
