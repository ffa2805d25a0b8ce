-- The chat whose script is running now, for functions such as
-- bot.webhook "x":enqueue that are not called on a chat. Conversations take
-- turns inside one state, and a script may be preempted anywhere; so the chat
-- is kept with its conversation's own table, which host.self() gives.
local host = require "host"

local current = {}

-- nil while a file is being loaded, and in a test.
function current.get()
  local ok, self = pcall(host.self) -- an error where there is no turn
  return ok and self and self.chat or nil
end

return current
