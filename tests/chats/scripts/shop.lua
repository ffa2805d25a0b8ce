-- Commands that are there only sometimes.
local bot = require "bot"

bot.command "basket" {
  title = { en = "My basket", de = "Mein Warenkorb" },
  group = { en = "Shop", de = "Laden" },
  help = { en = "what is in it", de = "was darin liegt" },
  words = { "basket", "Warenkorb" },
  say = { en = "There is one thing in it.", de = "Darin liegt eine Sache." },
  when = { pages = { "/shop/*", "/cart" } },
}

bot.command "night" {
  title = { en = "Night line", de = "Nachttelefon" },
  say = "+49 30 23125 0",
  when = { hours = "22:00-06:00" },
}

bot.command "offer" {
  title = { en = "My offer", de = "Mein Angebot" },
  say = "Your offer is on its way.",
  when = { lead = "any" },
}

bot.command "table" {
  title = { en = "A table for tonight", de = "Ein Tisch für heute" },
  say = "Come in!",
  when = "open",
}
