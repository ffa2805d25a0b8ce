-- Opening hours: what today's mean right now, then the week.
local bot = require "bot"

bot.command "hours" {
  title = { en = "Opening hours", de = "Öffnungszeiten" },
  words = {
    "hours",
    "opening times",
    "business hours",
    "open",
    "opening",
    "times",
    "when are you open",
    "Öffnungszeiten",
    "geöffnet",
    "offen",
    "wann habt ihr offen",
    "wann haben Sie geöffnet",
    "Zeiten",
  },
  say = "{hours.today}\n\n{hours.week}",
}
