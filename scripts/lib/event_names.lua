-- Every event that there is: webhooks, audit and scripts use the same names.
-- A filter names some of them: a name, "lead.*", or "*".
local event_names = {}

event_names.all = {
  "callback.requested",
  "callback.updated",
  "command.used",
  "conversation.closed",
  "conversation.created",
  "conversation.rated",
  "fullpage.visited",
  "handover.assigned",
  "handover.ended",
  "handover.requested",
  "knowledge.processing.updated",
  "lead.created",
  "lead.updated",
  "limit.reached",
  "limit.warning",
  "message.created",
  "script.failed",
  "script.published",
  "ticket.created",
  "ticket.updated",
  "visitor.erased",
  "visitor.identified",
  "widget.opened",
  "widget.powered_by_clicked",
}

event_names.set = {}
for _, name in ipairs(event_names.all) do
  event_names.set[name] = true
end

-- Does a filter ask for the event? An endpoint also gets what is only for it.
function event_names.fits(filter, name)
  if filter == name or filter == "*" then return true end
  local group = string.match(filter, "^(.+%.)%*$")
  return group ~= nil and string.sub(name, 1, #group) == group
end

-- A filter that can never fit is a mistake.
function event_names.is_filter(filter)
  for _, name in ipairs(event_names.all) do
    if event_names.fits(filter, name) then return true end
  end
  return false
end

return event_names
