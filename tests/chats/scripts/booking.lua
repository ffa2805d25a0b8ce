-- A booking of ten questions, for screenplays about dialogs that must not be lost.
local bot = require "bot"

bot.webhook "kitchen" {
  url = bot.secret "KITCHEN_URL",
  sign = bot.secret "KITCHEN_KEY",
  timeout = "5s",
}

bot.command "booking" {
  title = "Book a table",
  words = { "book a table", "booking" },
  run = function(chat)
    chat:say "Let us book a table. You can stop at any time with “cancel”."
    local day = chat:ask_date "Which day?"
    local time = chat:ask_time "At what time?"
    local people = chat:ask_number("For how many people?", { min = 1, max = 12 })
    local place = chat:ask_choice("Inside or in the courtyard?", { "Inside", "Courtyard" })
    local name = chat:ask_text "What is your name?"
    local mail = chat:ask_email "Your e-mail address?"
    local phone = chat:ask_phone "And a phone number for the day itself?"
    local diet = chat:ask_text "Is there anything that you do not eat?"
    local cake = chat:ask_choice("Shall we bake a cake?", { "Yes", "No" })
    local sure = chat:ask_choice("Shall I book it?", { "Book it", "No, thanks" })
    if sure ~= "Book it" then return chat:say "All right, nothing was booked." end
    bot.webhook "kitchen":post {
      type = "booking",
      day = day,
      time = time,
      people = people,
      place = place,
      name = name,
      mail = mail,
      phone = phone,
      diet = diet,
      cake = cake,
    }
    chat:say("Done, %s! See you on %s at %s.", name, chat:date_text(day), time)
  end,
}
