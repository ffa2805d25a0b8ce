-- Contact details of somebody who is interested: the business's own form, or
-- the stock one.
local bot = require "bot"

bot.command "lead" {
  title = { en = "Leave your details", de = "Kontaktdaten hinterlassen" },
  words = { "leave my details", "write to me", "contact me", "Kontaktdaten", "melden Sie sich" },
  run = function(chat) chat:form "lead" end,
}
