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
    "how much is it",
    "what does it cost",
    "Leistungen",
    "Preise",
    "Preisliste",
    "Angebot",
    "was bieten Sie an",
    "was kostet das",
  },
  say = "{services.all}",
}
