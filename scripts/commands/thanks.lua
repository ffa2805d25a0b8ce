-- Thanks and farewells: nobody who says thank you should hear "I did not
-- understand". Whole phrases only, so that "thanks, and parking?" is a question.
local bot = require "bot"

bot.command "thanks" {
  title = { en = "Thank you", de = "Danke" },
  hidden = true,
  words = {
    "thanks",
    "thanks a lot",
    "many thanks",
    "thank you",
    "thank you very much",
    "ok thanks",
    "ok thank you",
    "no thanks",
    "ok",
    "okay",
    "great",
    "bye",
    "goodbye",
    "see you",
    "danke",
    "danke schön",
    "dankeschön",
    "vielen Dank",
    "ok danke",
    "nein danke",
    "super",
    "tschüss",
    "tschüs",
    "auf Wiedersehen",
  },
  say = {
    en = "You are welcome. I am here if you have another question.",
    de = "Gern geschehen. Ich bin da, wenn Sie noch eine Frage haben.",
  },
}
