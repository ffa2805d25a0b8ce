-- The callback request on a chat that answers at once.
local answers = {
  ask_text = "Ada",
  ask_phone = "+49 30 1234567",
  ask_date = "2026-11-27",
  ask_choice = "morning",
  date_text = "Friday, 27 November",
}

-- A chat that notes what is said and stored.
local function new_chat(times)
  local chat = { locale = "en", said = {}, stored = {} }
  for name, answer in pairs(answers) do
    chat[name] = function() return answer end
  end
  function chat:callback(fields) self.stored[#self.stored + 1] = fields end
  function chat.call_times() return times end
  function chat:say(text, ...) self.said[#self.said + 1] = string.format(text.en, ...) end
  return chat
end

return {
  ["it stores one request and confirms the day"] = function(t)
    local chat = new_chat()
    t.command("callback").run(chat)
    t.equal(chat.stored, {
      { name = "Ada", phone = "+49 30 1234567", day = "2026-11-27", time = "morning", about = "Ada" },
    })
    t.equal(chat.said, { "Thank you, Ada. We will call you on Friday, 27 November." })
  end,

  ["a closed day becomes the next one on which somebody is there"] = function(t)
    local chat = new_chat { day = "2026-11-30", times = {} }
    t.command("callback").run(chat)
    t.equal(chat.stored[1].day, "2026-11-30")
  end,
}
