-- The main menu.
local bot = require "bot"

bot.command "menu" {
  title = { en = "Menu", de = "Menü" },
  words = {
    "menu",
    "main menu",
    "start",
    "options",
    "Hauptmenü",
    "Menue",
    "Auswahl",
    "Übersicht",
    "hello",
    "hi",
    "hey",
    "good morning",
    "good evening",
    "hallo",
    "guten Tag",
    "guten Morgen",
    "guten Abend",
    "moin",
    "servus",
  },
  show = "main",
}
