-- Forms for a business that has none of its own. Pure data; the fields' names
-- are those that prelude/followups knows.
local NAME = { name = "name", label = { en = "Your name", de = "Ihr Name" }, required = true }
local EMAIL = { name = "email", label = { en = "E-mail", de = "E-Mail" }, type = "email", required = true }
local PHONE = { name = "phone", label = { en = "Phone", de = "Telefon" }, type = "phone" }
local MESSAGE = { name = "message", label = { en = "Message", de = "Nachricht" }, type = "textarea" }

local function needed(field)
  local copy = { required = true }
  for name, value in pairs(field) do
    copy[name] = value
  end
  return copy
end

return {
  lead = {
    name = "lead",
    title = { en = "How can we reach you?", de = "Wie erreichen wir Sie?" },
    fields = { NAME, EMAIL, PHONE, MESSAGE },
    thanks = {
      en = "Thank you. We will get in touch with you.",
      de = "Vielen Dank. Wir melden uns bei Ihnen.",
    },
  },
  callback = {
    name = "callback",
    title = { en = "Ask for a callback", de = "Rückruf anfordern" },
    fields = {
      NAME,
      needed(PHONE),
      { name = "day", label = { en = "Day", de = "Tag" }, type = "date" },
      { name = "time", label = { en = "Time", de = "Uhrzeit" }, type = "time" },
      { name = "about", label = { en = "What is it about?", de = "Worum geht es?" }, type = "textarea" },
    },
    thanks = { en = "Thank you. We will call you.", de = "Vielen Dank. Wir rufen Sie an." },
  },
  ticket = {
    name = "ticket",
    title = { en = "Report a problem", de = "Problem melden" },
    fields = {
      NAME,
      EMAIL,
      { name = "subject", label = { en = "What is it about?", de = "Worum geht es?" }, required = true },
      needed(MESSAGE),
    },
  },
}
