-- A quiz that remembers the visitor's best result and the house's record.
local bot = require "bot"
local store = require "store"

local QUESTIONS = {
  { "Where does risotto come from?", { "Italy", "Spain", "France" }, "Italy" },
  { "What is in a pesto genovese?", { "Basil", "Parsley", "Mint" }, "Basil" },
  { "How long does an espresso take?", { "25 seconds", "2 minutes", "5 minutes" }, "25 seconds" },
}

bot.command "quiz" {
  title = "Kitchen quiz",
  words = { "quiz", "play a game" },
  run = function(chat)
    local right = 0
    for i, question in ipairs(QUESTIONS) do
      local given = chat:ask_choice(("%d. %s"):format(i, question[1]), question[2])
      if given == question[3] then
        right = right + 1
        chat:say "Right!"
      else
        chat:say("No, it is “%s”.", question[3])
      end
    end
    local player = store.bot.incr "quiz.players"
    local best = math.max(right, store.visitor.get "quiz.best" or 0)
    store.visitor.set("quiz.best", best)
    chat:say("%d of %d. Your best so far: %d. You were player number %d.", right, #QUESTIONS, best, player)
  end,
}
