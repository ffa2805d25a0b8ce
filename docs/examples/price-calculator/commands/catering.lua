-- Works out a price from the visitor's answers; no model guesses.
local bot = require "bot"

local MENUS = {
  { value = "buffet", label = "Buffet, 24 €", price = 24 },
  { value = "three", label = "Three courses, 38 €", price = 38 },
  { value = "five", label = "Five courses, 59 €", price = 59 },
}

local function price_of(menu)
  for _, entry in ipairs(MENUS) do
    if entry.value == menu then return entry.price end
  end
end

local function choices()
  local list = {}
  for i, menu in ipairs(MENUS) do
    list[i] = { value = menu.value, label = menu.label }
  end
  return list
end

bot.command "catering" {
  title = "What does catering cost?",
  words = { "catering", "calculate a price" },
  run = function(chat)
    local menu = chat:ask_choice("Which menu?", choices())
    local guests = chat:ask_number("How many guests?", { min = 10, max = 200 })
    local hours = chat:ask_number("How many hours of service?", { min = 1, max = 12, fraction = true, default = 3 })
    local total = guests * price_of(menu) + hours * 45
    if guests >= 50 then total = total * 0.9 end
    chat:say("%d guests and %g hours of service: **%.2f €**%s.", guests, hours, total, guests >= 50 and ", 10 % off" or "")
    if chat:ask_choice("Shall we write you an offer?", { "Yes", "No" }) == "Yes" then
      chat:lead { email = chat:ask_email "To which address?", message = ("Catering, %.2f €"):format(total) }
      chat:say "It is on its way."
    end
  end,
}
