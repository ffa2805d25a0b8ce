-- Bounds in ids that sort by time. Pure.
local ids = {}

local LETTERS <const> = "0123456789abcdefghjkmnpqrstvwxyz"

-- The id with this prefix that a row of this moment would have, cut short: it
-- sorts before all that came later. Ids are UUIDv7: 48 bits of time first.
function ids.at(prefix, ms)
  local letters = {}
  for i = 10, 1, -1 do
    local at = ms % 32 + 1
    letters[i], ms = string.sub(LETTERS, at, at), ms // 32
  end
  return prefix .. "_" .. table.concat(letters)
end

return ids
