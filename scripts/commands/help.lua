-- What the bot can do: made from the declarations themselves.
local bot = require "bot"

bot.command "help" {
  title = { en = "Help", de = "Hilfe" },
  words = { "help", "commands", "what can you do", "Hilfe", "Befehle", "was kannst du" },
  help = { en = "what I can do for you", de = "was ich für Sie tun kann" },
  run = function(chat)
    local lines = {}
    for _, command in ipairs(chat:commands()) do
      lines[#lines + 1] = ("**/%s** – %s"):format(command.name, command.hint or command.title)
    end
    chat:say("%s\n%s", chat:phrase "help", table.concat(lines, "\n"))
  end,
}
