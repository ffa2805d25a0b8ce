-- The callback request on a chat that answers at once.
local answers = {
  ask_text = "Ada",
  ask_phone = "+49 30 1234567",
  ask_date = "2026-11-27",
  ask_choice = "morning",
  date_text = "Friday, 27 November",
}

-- A chat that notes what is said and stored.
local function new_chat()
  local chat = { said = {}, stored = {} }
  for name, answer in pairs(answers) do
    chat[name] = function() return answer end
  end
  function chat:submit(form, fields) self.stored[#self.stored + 1] = { form, fields } end
  function chat:say(text, ...) self.said[#self.said + 1] = string.format(text.en, ...) end
  return chat
end

return {
  ["it stores one request and confirms the day"] = function(t)
    local chat = new_chat()
    t.command("callback").run(chat)
    t.equal(chat.stored, {
      {
        "callback",
        { name = "Ada", phone = "+49 30 1234567", day = "2026-11-27", part = "morning", about = "Ada" },
      },
    })
    t.equal(chat.said, { "Thank you, Ada. We will call you on Friday, 27 November." })
  end,
}
