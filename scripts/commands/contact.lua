-- How to reach the business.
local bot = require "bot"

bot.command "contact" {
  title = { en = "Contact and directions", de = "Kontakt und Anfahrt" },
  words = {
    "contact",
    "contact details",
    "directions",
    "how do I get there",
    "how can I find you",
    "Kontakt",
    "Kontaktdaten",
    "Anfahrt",
    "wie komme ich zu euch",
    "wie komme ich zu Ihnen",
    "wie finde ich euch",
    "wie finde ich Sie",
  },
  say = "{contact.all}",
}
