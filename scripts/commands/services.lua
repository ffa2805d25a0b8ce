-- Services and prices.
local bot = require "bot"

bot.command "services" {
  title = { en = "Services and prices", de = "Leistungen und Preise" },
  words = {
    "services",
    "service",
    "prices",
    "price list",
    "what do you offer",
    "Leistungen",
    "Preise",
    "Preisliste",
    "Angebot",
    "was bieten Sie an",
  },
  say = "{services.all}",
}
