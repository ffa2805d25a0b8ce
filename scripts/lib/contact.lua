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

local function begins(digits, with) return with ~= "" and string.sub(digits, 1, #with) == with end

local function fits(plan, digits) return not plan.least or (#digits >= plan.least and #digits <= plan.most) end

-- "030 / 23 125-199" in "DE" -> "+493023125199". nil when it cannot be told:
-- no sign of a country in front and one whose plan is not known, or not as
-- long as its numbers are.
function contact.phone(s, country)
  s = string.gsub(s, "%(0%)", "") -- +49 (0)30 ...
  local plus = string.find(s, "^%s*%(?%+") ~= nil
  local digits = string.gsub(s, "%D", "")
  if plus then return international(digits) end
  local plan = plans[country]
  local abroad = plan and plan.abroad or "00"
  if begins(digits, abroad) then return international(string.sub(digits, #abroad + 1)) end
  if not plan then return nil end
  local own = digits
  if begins(own, plan.home) then own = string.sub(own, #plan.home + 1) end
  if fits(plan, own) then return international(plan.code .. own) end
  -- Its first digit only looked like the home prefix.
  if plan.home ~= "0" and fits(plan, digits) then return international(plan.code .. digits) end
  -- With the country's code, but without a sign of it: only too long for a number at home.
  local coded = begins(digits, plan.code) and string.sub(digits, #plan.code + 1)
  if coded and fits(plan, coded) then return international(digits) end
  return nil
end

return contact
