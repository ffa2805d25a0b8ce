-- The kinds of things that a business follows up: their ids, statuses and
-- events. Pure data.
local kinds = {
  lead = {
    prefix = "lead",
    statuses = { "new", "contacted", "qualified", "won", "lost" },
    open = { new = true, contacted = true, qualified = true },
    created = "lead.created",
    updated = "lead.updated",
    joins = true,
  },
  callback = {
    prefix = "call",
    statuses = { "pending", "scheduled", "done", "missed", "cancelled" },
    open = { pending = true, scheduled = true },
    created = "callback.requested",
    updated = "callback.updated",
    joins = true,
  },
  ticket = {
    prefix = "tkt",
    statuses = { "open", "pending", "solved", "closed" },
    open = { open = true, pending = true },
    created = "ticket.created",
    updated = "ticket.updated",
    numbered = true,
  },
}

for name, kind in pairs(kinds) do
  kind.name, kind.first = name, kind.statuses[1]
end

return kinds
