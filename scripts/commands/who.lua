-- Who is speaking: a program says that it is one. "Are you human?" is asked
-- here and not in human.lua, where it would call the team.
local bot = require "bot"

bot.command "who" {
  title = { en = "Who are you?", de = "Wer sind Sie?" },
  hidden = true,
  words = {
    "who are you",
    "what are you",
    "who is this",
    "are you a bot",
    "are you a robot",
    "is this a bot",
    "are you human",
    "are you a human",
    "are you a real person",
    "what is your name",
    "wer bist du",
    "bist du ein Bot",
    "sind Sie ein Bot",
    "bist du ein Mensch",
    "sind Sie ein Mensch",
    "wie heißt du",
    "wie heißen Sie",
  },
  say = {
    en = "I am the assistant of {business.name}: a program, not a person. "
      .. "I answer questions about us; say “person” to reach the team.",
    de = "Ich bin der Assistent von {business.name}: ein Programm, kein Mensch. "
      .. "Ich beantworte Fragen zu uns; mit „Mensch“ erreichen Sie das Team.",
  },
}
