-- A frame of a channel as its JSON text. `type` stands first, so that a reader
-- may look at the beginning alone; the other fields follow in their order.
local json = require "json"

-- fields: without the type; nil fields are left out
return function(kind, fields)
  local text = json.encode(fields)
  if text == "{}" then return '{"type":"' .. kind .. '"}' end
  return '{"type":"' .. kind .. '",' .. string.sub(text, 2)
end
