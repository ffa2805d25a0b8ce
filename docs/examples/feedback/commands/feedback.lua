-- Asks for a mark; whoever is unhappy gets a person, not a form letter.
local bot = require "bot"
local store = require "store"

bot.webhook "reviews" { url = bot.secret "REVIEWS_URL" }

bot.command "feedback" {
  title = "Tell us how it was",
  words = { "feedback", "review" },
  run = function(chat)
    local stars = chat:rating("How was your visit?", { timeout = "1d" })
    local comment = chat:ask_text("What should we know? (or “nothing”)", {
      max = 1000,
      timeout = "1h",
      on_timeout = { value = "nothing" },
    })
    store.bot.incr("feedback.stars", stars)
    store.bot.incr "feedback.count"
    bot.webhook("reviews"):enqueue { type = "review", stars = stars, comment = comment }
    if stars <= 2 then
      chat:say "I am sorry. I have asked somebody of the team to talk to you."
      return chat:handover(("unhappy: %d stars"):format(stars))
    end
    chat:say "Thank you very much!"
  end,
}
