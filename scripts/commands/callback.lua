-- A callback request, asked step by step: it survives a lost connection, a
-- restart of the server and a change of these scripts.
local bot = require "bot"
local text = require "text"

bot.command "callback" {
  title = { en = "Ask for a callback", de = "Rückruf anfordern" },
  words = {
    "callback",
    "call me back",
    "call back",
    "call me",
    "Rückruf",
    "zurückrufen",
    "rufen Sie mich an",
  },
  run = function(chat)
    local name = chat:ask_text(
      { en = "Gladly. What is your name?", de = "Gerne. Wie heißen Sie?" },
      { max = 100 }
    )
    local phone = chat:ask_phone {
      en = "At which number can we reach you?",
      de = "Unter welcher Nummer erreichen wir Sie?",
    }
    local day = chat:ask_date {
      en = "Which day suits you? For example “tomorrow” or “Friday”.",
      de = "Welcher Tag passt Ihnen? Zum Beispiel „morgen“ oder „Freitag“.",
    }
    local part
    local times = chat:call_times(day)
    if times then
      local on = times.day ~= day
          and { en = "We are closed that day. When on %s?", de = "An dem Tag ist geschlossen. Wann am %s?" }
        or { en = "At what time on %s?", de = "Um welche Uhrzeit am %s?" }
      day = times.day
      part = chat:ask_choice(string.format(text.pick(on, chat.locale), chat:date_text(day)), times.times)
    else
      part = chat:ask_choice({ en = "At what time of day?", de = "Zu welcher Tageszeit?" }, {
        { value = "morning", label = { en = "Morning", de = "Vormittags" } },
        { value = "afternoon", label = { en = "Afternoon", de = "Nachmittags" } },
        { value = "evening", label = { en = "Evening", de = "Abends" } },
      })
    end
    local about = chat:ask_text({ en = "What is it about?", de = "Worum geht es?" }, { max = 500 })
    chat:callback { name = name, phone = phone, day = day, time = part, about = about }
    chat:say({
      en = "Thank you, %s. We will call you on %s.",
      de = "Danke, %s. Wir rufen Sie am %s an.",
    }, name, chat:date_text(day))
  end,
}
