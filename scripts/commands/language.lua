-- Another language: `/language de`, or a choice of those that the bot speaks.
local bot = require "bot"

local NAMES = { en = "English", de = "Deutsch" }

bot.command "language" {
  title = { en = "Language", de = "Sprache" },
  words = {
    "language",
    "change language",
    "Sprache",
    "Sprache wechseln",
    "auf Deutsch",
    "in English",
    "speak English",
  },
  hidden = true,
  run = function(chat, args)
    local wanted = args.text and string.match(string.lower(args.text), "^%l%l%f[^%l]")
    if not NAMES[wanted] then
      wanted = chat:ask_choice({ en = "Which language?", de = "Welche Sprache?" }, {
        { value = "en", label = NAMES.en },
        { value = "de", label = NAMES.de },
      })
    end
    chat:set_locale(wanted)
    chat:say { en = "All right, let us speak English.", de = "Gut, sprechen wir Deutsch." }
  end,
}
