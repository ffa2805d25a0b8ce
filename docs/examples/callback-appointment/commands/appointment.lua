-- An appointment for a call, on a working day within two weeks.
local bot = require "bot"
local business = require "business"
local time = require "time"

bot.command "appointment" {
  title = "Make an appointment for a call",
  words = { "appointment", "make an appointment" },
  run = function(chat)
    local today = business.today()
    local day = chat:ask_date("On which day shall we call you?", {
      min = time.add_days(today, 1),
      max = time.add_days(today, 14),
    })
    local at = chat:ask_time("At what time?", { min = "10:00", max = "17:00" })
    local form = chat:form {
      name = "appointment",
      title = "Whom shall we call?",
      fields = {
        { name = "name", label = "Name", required = true },
        { name = "phone", label = "Phone", type = "phone", required = true },
        { name = "about", label = "What is it about?", type = "textarea" },
      },
      submit = "Make the appointment",
    }
    chat:callback { phone = form.phone, name = form.name, day = day, time = at, about = form.about }
    chat:say("We call you on %s at %s, %s.", chat:date_text(day), at, form.name)
  end,
}
