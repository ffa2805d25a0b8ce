-- Looks an order up in the shop's own system.
local bot = require "bot"
local http = require "http"
local log = require "log"

local WORDS = {
  packed = t { en = "It is packed.", de = "Sie ist gepackt." },
  sent = t { en = "It is on its way.", de = "Sie ist unterwegs." },
}

bot.command "order" {
  title = { en = "Where is my order?", de = "Wo ist meine Bestellung?" },
  words = { "order status", "where is my order", "Bestellung" },
  run = function(chat)
    local number = chat:ask_number(t { en = "Your order number?", de = "Ihre Bestellnummer?" }, { min = 1 })
    local answer, why = http.get(("https://shop.example/orders/%d"):format(number), { timeout = "5s" })
    if not answer then
      log.warn("order %d: %s", number, why)
      chat:say(t { en = "I cannot look that up right now.", de = "Das kann ich gerade nicht nachsehen." })
      return chat:handover "order status"
    end
    if answer.status == 404 then
      return chat:say(t { en = "There is no order %d.", de = "Eine Bestellung %d gibt es nicht." }, number)
    end
    local words = answer.ok and answer.data and WORDS[answer.data.status]
    chat:say(words or t { en = "It is being worked on.", de = "Sie ist in Arbeit." })
  end,
}
