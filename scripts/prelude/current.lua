-- The chat whose script is running now, for functions such as
-- bot.webhook "x":enqueue that are not called on a chat. Conversations take
-- turns inside one state, so whoever calls a script, or comes back from
-- waiting on its behalf, sets this first.
return { chat = nil }
