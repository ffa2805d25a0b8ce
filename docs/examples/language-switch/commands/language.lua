-- Lets the visitor choose the language, for this conversation and the next ones.
local bot = require "bot"
local store = require "store"

bot.command "language" {
  title = { en = "Language", de = "Sprache" },
  words = { "language", "Sprache", "auf Deutsch", "in English" },
  run = function(chat)
    local language = chat:ask_choice(t { en = "Which language?", de = "Welche Sprache?" }, {
      { value = "en", label = "English" },
      { value = "de", label = "Deutsch" },
    })
    chat:set_locale(language)
    store.visitor.set("language", language)
    chat:say(t { en = "All right, English it is.", de = "Gut, dann auf Deutsch." })
    chat:show "main"
  end,
}

-- A visitor who comes back is spoken to as before.
bot.on("conversation.created", function(chat)
  local language = store.visitor.get "language"
  if language and language ~= chat.locale then chat:set_locale(language) end
end)
