-- The chat whose script is running now, for functions such as
-- bot.webhook "x":enqueue that are not called on a chat. Conversations take
-- turns inside one state, and a script may be preempted anywhere; so the chat
-- is kept with its conversation's own table, which host.self() gives. `chat`
-- is for hosts without it: whoever calls a script, or comes back from waiting
-- on its behalf, sets it first.
local host = require "host"

local current = { chat = nil }

function current.get()
  local self = host.self and host.self()
  return self and self.chat or current.chat
end

return current
