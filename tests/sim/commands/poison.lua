-- A command that fails where no dialog catches it: its turn ends in an error
-- of the actor.
local bot = require "bot"

bot.command "poison" { title = "Poison", hidden = true, go = "nowhere" }
