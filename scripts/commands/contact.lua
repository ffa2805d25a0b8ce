-- How to reach the business.
local bot = require "bot"

bot.command "contact" {
  title = { en = "Contact and directions", de = "Kontakt und Anfahrt" },
  words = { "contact", "contact details", "directions", "Kontakt", "Kontaktdaten", "Anfahrt" },
  say = "{contact.all}",
}
