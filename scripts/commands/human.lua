-- A person: at once while somebody is there, else by a callback.
local bot = require "bot"

bot.command "human" {
  title = { en = "Talk to a person", de = "Mit einem Menschen sprechen" },
  words = {
    "human",
    "person",
    "agent",
    "staff",
    "somebody",
    "talk to a person",
    "speak to someone",
    "real person",
    "Mensch",
    "Mitarbeiter",
    "jemand",
    "mit einem Menschen sprechen",
    "mit jemandem reden",
    "echte Person",
  },
  run = function(chat)
    chat:handover "asked"
    if chat:is_open() == false then
      local wants = chat:ask_choice({
        en = "Shall we call you back instead?",
        de = "Sollen wir Sie stattdessen zurückrufen?",
      }, {
        { value = "yes", label = { en = "Yes, call me back", de = "Ja, bitte zurückrufen" } },
        { value = "no", label = { en = "No, I will wait here", de = "Nein, ich warte hier" } },
      })
      if wants == "yes" then return chat:go "callback" end
      chat:say {
        en = "All right. You can go on asking me in the meantime.",
        de = "In Ordnung. In der Zwischenzeit können Sie mich weiter fragen.",
      }
    end
  end,
}
