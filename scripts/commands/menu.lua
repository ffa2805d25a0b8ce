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
    "hello there",
    "hi",
    "hi there",
    "hey",
    "good morning",
    "good afternoon",
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
