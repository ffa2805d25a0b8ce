-- Prices in words. A price is { amount, currency, from?, per? } with amount in
-- the currency's main unit. Pure.
local text = require "lib.text"

local money = {}

local SYMBOLS = { EUR = "€", GBP = "£", USD = "$", CHF = "CHF" }
local FROM = { en = "from", de = "ab" }

local function number(amount, locale)
  if math.type(amount) == "integer" or amount % 1 == 0 then return string.format("%d", amount) end
  local s = string.format("%.2f", amount)
  return locale == "de" and (string.gsub(s, "%.", ",")) or s
end

-- { amount = 12.5, currency = "EUR", from = true } -> "from €12.50", "ab 12,50 €"
function money.text(price, locale)
  local symbol = SYMBOLS[price.currency] or price.currency
  local s
  if locale == "de" then
    s = number(price.amount, locale) .. " " .. symbol
  else
    s = symbol .. (string.find(symbol, "^%a") and " " or "") .. number(price.amount, locale)
  end
  if price.from then s = (FROM[locale] or FROM.en) .. " " .. s end
  local per = price.per and text.pick(price.per, locale)
  if per then s = s .. " " .. per end
  return s
end

return money
