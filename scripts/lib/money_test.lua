-- Prices in words.
local money = require "lib.money"

return {
  ["whole and broken amounts"] = function(t)
    t.equal(money.text({ amount = 42, currency = "EUR" }, "en"), "€42")
    t.equal(money.text({ amount = 12.5, currency = "EUR" }, "en"), "€12.50")
    t.equal(money.text({ amount = 12.5, currency = "EUR" }, "de"), "12,50 €")
  end,

  ["a currency without a sign keeps its distance"] = function(t)
    t.equal(money.text({ amount = 9, currency = "CHF" }, "en"), "CHF 9")
  end,

  ["from and per"] = function(t)
    local price =
      { amount = 95, currency = "EUR", from = true, per = { en = "per person", de = "pro Person" } }
    t.equal(money.text(price, "en"), "from €95 per person")
    t.equal(money.text(price, "de"), "ab 95 € pro Person")
  end,
}
