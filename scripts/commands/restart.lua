-- Begins again: forgets what the conversation has kept.
local bot = require "bot"

bot.command "restart" {
  title = { en = "Start again", de = "Neu anfangen" },
  words = {
    "restart",
    "reset",
    "start over",
    "start again",
    "begin again",
    "neu anfangen",
    "Neustart",
    "von vorn",
  },
  run = function(chat)
    chat:reset()
    chat:say { en = "Let us start again.", de = "Fangen wir von vorne an." }
    chat:show "main"
  end,
}
