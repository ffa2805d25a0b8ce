-- Finds out whether a party is one for us before asking who it is.
local bot = require "bot"

bot.command "party" {
  title = "Plan a party",
  words = { "party", "plan a party", "celebrate" },
  run = function(chat)
    local guests = chat:ask_number("How many guests?", { min = 1, max = 1000 })
    if guests > 80 then
      return chat:say "That is more than fits into our house. I am sorry!"
    end
    local day = chat:ask_date "On which day?"
    local budget = chat:ask_choice("What would you like to spend for each guest?", {
      { value = "low", label = "up to 30 €" },
      { value = "middle", label = "30 to 60 €" },
      { value = "high", label = "more than 60 €" },
    })
    if budget == "low" and guests < 20 then
      chat:say "For that our tables are just right: no need to plan a party."
      return chat:show "main"
    end
    local email = chat:ask_email("Where may we send our offer?", { tries = 3 })
    chat:lead {
      email = email,
      message = ("A party of %d on %s"):format(guests, day),
      extra = { guests = guests, day = day, budget = budget },
    }
    chat:say("Thank you! You hear from us within a day about %s.", chat:date_text(day))
  end,
}
