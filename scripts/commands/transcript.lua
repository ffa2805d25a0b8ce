-- The conversation by mail. Whoever presses the button of the mail that comes
-- first gets it, so nobody can have it sent to a stranger.
local bot = require "bot"

local ANSWERS = {
  sent = {
    en = "I have sent a mail to %s. Press the button in it, and the transcript comes to you.",
    de = "Ich habe eine E-Mail an %s gesendet. Mit der Schaltfläche darin bekommen Sie das Protokoll.",
  },
  often = {
    en = "That was asked for too often today. Please try again tomorrow.",
    de = "Das wurde heute schon zu oft angefordert. Bitte versuchen Sie es morgen wieder.",
  },
  address = {
    en = "No mail can be sent to that address.",
    de = "An diese Adresse kann keine E-Mail gesendet werden.",
  },
}
local OFF = { en = "I cannot send mail here.", de = "E-Mails kann ich hier nicht senden." }

bot.command "transcript" {
  title = { en = "This chat by e-mail", de = "Diesen Chat per E-Mail" },
  hidden = true, -- where mail is off there is nothing to offer; the widget has a button
  words = {
    "transcript",
    "mail me this chat",
    "send me this chat",
    "Protokoll",
    "Gesprächsprotokoll",
    "diesen Chat per Mail",
  },
  run = function(chat)
    local email = chat:ask_email {
      en = "To which address shall I send the transcript?",
      de = "An welche Adresse soll ich das Protokoll senden?",
    }
    local outcome = chat:mail_transcript(email)
    local said = ANSWERS[outcome]
    if not said then return chat:say(OFF) end
    if outcome == "sent" then return chat:say(said, email) end
    chat:say(said)
  end,
}
