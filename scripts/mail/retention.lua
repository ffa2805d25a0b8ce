-- How long the log of mails keeps what is over: as long as the ledger of
-- webhooks, in steps, so that no batch is large.
local host = require "host"
local keep = require "hooks.retention"

local retention = {}

local DAY_MS, STEP, STEPS = 24 * 3600000, 500, 20

-- self.d: when it was done last, by this actor.
function retention.prune(self)
  local now = host.now()
  if self.d and now - self.d < DAY_MS then return end
  self.d = now
  local before = now - keep.days() * DAY_MS
  for _ = 1, STEPS do
    host.write("mail.prune", before, STEP)
    if not host.commit() then return end
  end
end

return retention
