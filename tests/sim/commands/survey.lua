-- A dialog with every kind of step: what it says at its end must agree with
-- what it said at its beginning, however often it was run again meanwhile.
local bot = require "bot"

bot.command "survey" {
  title = "Survey",
  hidden = true,
  run = function(chat)
    local lucky = chat:random(1, 1000000000)
    local began = chat:now()
    chat:say("Your number is %d at %d.", lucky, began)
    local size = chat:ask_number("How big?", { min = 1, max = 9 })
    chat:set("size", size)
    local lead = chat:form {
      name = "lead",
      title = "Who are you?",
      fields = {
        { name = "name", label = "Name", required = true },
        { name = "email", label = "Mail", type = "email", required = true },
      },
    }
    local colour = chat:ask_choice("Which colour?", { "red", "green" })
    chat:say("Number %d at %d, size %d, %s, %s.", lucky, began, chat:get "size", lead.name, colour)
  end,
}
