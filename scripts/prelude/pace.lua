-- How fast one conversation may be talked to, whatever sockets and posts the
-- messages come by. People do not reach it; programs do. One number is kept
-- for a conversation: the time at which its bucket would be empty again
-- (generic cell rate algorithm, ITU-T I.371). Test mode has no limit.
local host = require "host"

local pace = {}

local EVERY_MS = 50 -- a message, in the long run
local BURST = 100 -- messages at once, after a rest

local limited = host.setting "test_mode" == nil

-- nil: go on. Else the milliseconds after which the message may come again.
function pace.wait(self)
  if not limited then return nil end
  local now = host.mono() -- a clock that is set back must lock nobody out
  local free = self.p
  if not free or free < now then free = now end
  local over = free - now - (BURST - 1) * EVERY_MS
  if over > 0 then return over end
  self.p = free + EVERY_MS
  return nil
end

return pace
