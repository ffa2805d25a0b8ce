-- The menu that a visitor sees first and that the fallback rules show.
local bot = require "bot"

bot.menu "main" {
  text = { en = "How can I help you?", de = "Wie kann ich Ihnen helfen?" },
  items = {
    { label = { en = "Opening hours", de = "Öffnungszeiten" }, go = "hours" },
    { label = { en = "Services and prices", de = "Leistungen und Preise" }, go = "services" },
    { label = { en = "Contact and directions", de = "Kontakt und Anfahrt" }, go = "contact" },
    { label = { en = "Ask for a callback", de = "Rückruf anfordern" }, go = "callback" },
    { label = { en = "Talk to a person", de = "Mit einem Menschen sprechen" }, go = "human" },
  },
}
