-- Makers of the rules that lib/dataset checks a file with. A rule is a table
-- { kind, required?, ... }; each call makes a new one. Pure.
local time = require "lib.time"

local rules = {}

function rules.with(rule, more)
  for k, v in pairs(more or {}) do
    rule[k] = v
  end
  return rule
end

function rules.text(max, more) return rules.with({ kind = "text", max = max }, more) end
function rules.localised(max, more) return rules.with({ kind = "localised", max = max }, more) end
function rules.list(of, max, more) return rules.with({ kind = "list", of = of, max = max }, more) end
function rules.object(fields, more) return rules.with({ kind = "object", fields = fields }, more) end
function rules.number(min, max, more) return rules.with({ kind = "number", min = min, max = max }, more) end
function rules.choice(options, more) return rules.with({ kind = "choice", options = options }, more) end
function rules.required(rule) return rules.with(rule, { required = true }) end

function rules.matching(pattern, reason, max)
  return rules.text(
    max or 80,
    { check = function(s) return string.find(s, pattern) ~= nil end, reason = reason }
  )
end

function rules.id()
  return rules.matching("^[%l%d][%l%d_%-]*$", "must be lower-case letters, digits, '-' and '_'", 60)
end
function rules.url()
  return rules.matching("^https?://[^%s/]+%S*$", "must be a web address that begins with https://", 500)
end
function rules.clock()
  return rules.text(
    5,
    { check = function(s) return time.parse_clock(s) ~= nil end, reason = "must be a time such as 09:30" }
  )
end
function rules.language()
  return rules.matching("^%l%l$", "must be a language of two letters, such as 'en'", 2)
end
function rules.email() return rules.matching("^[^%s@]+@[^%s@]+%.[^%s@]+$", "must be an e-mail address", 254) end
function rules.phone() return rules.matching("^%+?[%d%s/%(%)%-%.]+$", "must be a phone number", 40) end

function rules.is_day(s)
  if #s == 5 then s = "2024-" .. s end -- a leap year, so that 02-29 is a date
  return time.parse_date(s) ~= nil
end

function rules.day()
  return rules.text(
    10,
    { check = rules.is_day, reason = "must be a date such as 2026-12-24, or 12-24 for every year" }
  )
end

function rules.shifts() return rules.list(rules.list(rules.clock(), 2, { min = 2 }), 6) end

return rules
