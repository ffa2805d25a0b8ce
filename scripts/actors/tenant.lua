-- The tenant's own actor: news that concerns all of its conversations.
local business = require "prelude.business"

local tenant = {}

function tenant.new(kind) return { kind = kind } end

-- mail "dataset": what the business has told was changed in the store.
function tenant.deliver(_, kind, payload)
  if kind == "mail" and payload == "dataset" then business.forget() end
end

return tenant
