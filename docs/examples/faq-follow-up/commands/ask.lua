-- Answers questions from what the business has told, and asks whether that was it.
local bot = require "bot"

bot.command "questions" {
  title = "Ask a question",
  words = { "I have a question", "question" },
  run = function(chat)
    local question = chat:ask_text "What would you like to know?"
    for _ = 1, 3 do
      if not chat:answer(question) then break end
      local enough = chat:ask_choice("Was that what you wanted to know?", { "Yes", "No" })
      if enough == "Yes" then return chat:say "Glad to help." end
      question = chat:ask_text "Could you say it in other words?"
    end
    local email = chat:ask_email("I do not know that. Where may we answer you?", {
      tries = 2,
      timeout = "30m",
      on_timeout = { go = "menu" },
    })
    chat:ticket { subject = "A question from the chat", text = question, email = email }
    chat:say("We will write to %s.", email)
  end,
}
