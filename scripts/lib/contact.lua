-- Contacts in the form in which they are compared: e-mail addresses folded,
-- phone numbers as E.164 ("+493023125199"). Pure.
local plans = require "lib.phone_plans"

local contact = {}

local MIN_DIGITS, MAX_DIGITS = 7, 15 -- of E.164, with the country's code

-- Lower case: two spellings of an address are one contact.
function contact.email(s) return string.lower(s) end

local function international(digits)
  if #digits < MIN_DIGITS or #digits > MAX_DIGITS or string.sub(digits, 1, 1) == "0" then return nil end
  return "+" .. digits
end

-- "030 / 23 125-199" in "DE" -> "+493023125199". nil when it cannot be told:
-- no "+" or "00" in front and a country whose plan is not known, or too short
-- or too long to be a number.
function contact.phone(s, country)
  s = string.gsub(s, "%(0%)", "") -- +49 (0)30 ...
  local plus = string.find(s, "^%s*%+") ~= nil
  local digits = string.gsub(s, "%D", "")
  if plus then return international(digits) end
  local plan = plans[country]
  if string.sub(digits, 1, 2) == "00" then return international(string.sub(digits, 3)) end
  if plan and plan.code == "1" and string.sub(digits, 1, 3) == "011" then
    return international(string.sub(digits, 4))
  end
  if not plan then return nil end
  local home = plan.home
  if home ~= "" and string.sub(digits, 1, #home) == home then digits = string.sub(digits, #home + 1) end
  return international(plan.code .. digits)
end

return contact
