-- Books a table: asks step by step, checks the day, asks the kitchen once.
local bot = require "bot"
local business = require "business"

bot.webhook "reservations" {
  url = bot.secret "RESERVATIONS_URL",
  sign = bot.secret "RESERVATIONS_KEY",
  timeout = "5s",
}

-- A day on which the house is open.
local function ask_open_day(chat)
  while true do
    local day = chat:ask_date(t { en = "Which day?", de = "An welchem Tag?" })
    local hours = business.hours_on(day)
    if not hours or #hours.open > 0 then return day end
    chat:say(t { en = "We are closed on %s.", de = "Am %s haben wir geschlossen." }, chat:date_text(day))
  end
end

bot.command "book" {
  title = { en = "Book a table", de = "Tisch reservieren" },
  words = { "book a table", "booking", "Tisch reservieren" },
  run = function(chat)
    local day = ask_open_day(chat)
    local at = chat:ask_time(t { en = "At what time?", de = "Um wie viel Uhr?" }, { min = "11:30", max = "22:00" })
    local people = chat:ask_number(t { en = "For how many?", de = "Für wie viele?" }, { min = 1, max = 12 })
    local phone = chat:ask_phone(t { en = "Your phone number?", de = "Ihre Telefonnummer?" }, {
      timeout = "1h",
      on_timeout = { say = t { en = "Your table is not booked yet.", de = "Ihr Tisch ist noch nicht reserviert." } },
    })
    local ok, status =
      bot.webhook("reservations"):post { type = "booking", day = day, time = at, people = people, phone = phone }
    if status == 409 then return chat:say(t { en = "We are full then.", de = "Da sind wir leider voll." }) end
    if not ok then return chat:handover "booking failed" end
    chat:say(t { en = "Done! See you on %s at %s.", de = "Erledigt! Bis %s um %s Uhr." }, chat:date_text(day), at)
  end,
}
