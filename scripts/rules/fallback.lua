-- What happens when the bot has no answer, by the number of misses in a row.
local bot = require "bot"

bot.fallback {
  {
    after = 1,
    say = {
      en = "Sorry, I did not understand that. Could you say it another way?",
      de = "Das habe ich leider nicht verstanden. Können Sie es anders sagen?",
    },
  },
  { after = 2, show = "main" },
  { after = 3, when = "open", go = bot.HANDOVER },
  { after = 3, go = "human" },
}
