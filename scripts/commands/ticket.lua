-- A problem to look into: `/ticket` opens one, `/ticket 12` tells how it is
-- going, `/ticket 12 It is broken again` adds to it.
local bot = require "bot"

local STATUS = {
  open = { en = "We are working on it.", de = "Wir kümmern uns darum." },
  pending = { en = "We are waiting for your answer.", de = "Wir warten auf Ihre Antwort." },
  solved = { en = "It is solved.", de = "Es ist gelöst." },
  closed = { en = "It is closed.", de = "Es ist abgeschlossen." },
}
local UNKNOWN = { en = "You have no ticket %d.", de = "Sie haben kein Ticket %d." }

local function show(chat, number)
  local ticket = chat:ticket_status(number)
  if not ticket then return chat:say(UNKNOWN, number) end
  local lines = {
    (ticket.subject and ticket.subject .. " " or "")
      .. "#"
      .. number
      .. ": "
      .. (STATUS[ticket.status][chat.locale] or STATUS[ticket.status].en),
  }
  for _, message in ipairs(ticket.messages) do
    lines[#lines + 1] = (message.from == "team" and "← " or "→ ") .. message.text
  end
  chat:say("%s", table.concat(lines, "\n"))
end

bot.command "ticket" {
  title = { en = "Report a problem", de = "Problem melden" },
  words = { "ticket", "problem", "complaint", "Beschwerde", "Reklamation" },
  run = function(chat)
    local number, more = string.match(tostring(chat.args.text or ""), "^#?(%d+)%s*(.*)$")
    number = math.tointeger(tonumber(number))
    if not number then return chat:form "ticket" end
    if more == "" then return show(chat, number) end
    if not chat:ticket_reply(number, more) then return chat:say(UNKNOWN, number) end
    chat:say({ en = "I have added it to ticket %d.", de = "Ich habe es zu Ticket %d hinzugefügt." }, number)
  end,
}
