-- Rules of the parts that stand in several places of a dataset file: working
-- hours, addresses, prices, what is offered. Pure data and small checks.
local hours = require "lib.hours"
local rules = require "lib.dataset_rules"

local parts = {}

local text = rules.text
local localised = rules.localised
local list = rules.list
local object = rules.object
local number = rules.number
local required = rules.required
local matching = rules.matching
local id = rules.id
local url = rules.url
local day = rules.day
local shifts = rules.shifts

local function check_exception(value)
  if value.date and (value.from or value.to) then return "/date", "give either 'date', or 'from' and 'to'" end
  if not value.date and not (value.from and value.to) then
    return "/date", "is missing (or 'from' and 'to')"
  end
  if value.from and value.to and (#value.from ~= #value.to or value.from > value.to) then
    return "/to", "must not be before 'from', and be written the same way"
  end
  return nil
end

local weekly = { kind = "object", fields = {} }
for _, name in ipairs(hours.DAY_NAMES) do
  weekly.fields[name] = shifts()
end

parts.working_hours = object {
  timezone = required(
    matching("^%a[%w_+%-]*[%w_/+%-]*$", "must be an IANA time zone such as Europe/Berlin", 40)
  ),
  weekly = required(weekly),
  exceptions = list(
    object({
      date = day(),
      from = day(),
      to = day(),
      name = localised(100),
      open = required(shifts()),
    }, { check = check_exception }),
    200
  ),
}

function parts.address()
  return object {
    street = required(text(200)),
    postal_code = text(20),
    city = required(text(100)),
    region = text(100),
    country = matching("^%u%u$", "must be a country of two capital letters, such as DE", 2),
    directions = localised(1000),
    map = object {
      latitude = required(number(-90, 90)),
      longitude = required(number(-180, 180)),
      url = required(url()),
    },
  }
end

function parts.price()
  return object {
    amount = required(number(0, 10000000)),
    currency = required(matching("^%u%u%u$", "must be a currency such as EUR", 3)),
    from = { kind = "flag" },
    per = localised(60),
  }
end

function parts.offer()
  return object {
    id = required(id()),
    name = required(localised(120)),
    description = localised(2000),
    price = parts.price(),
    duration_minutes = number(1, 100000, { whole = true }),
    category = localised(80),
    sku = text(40),
    available = { kind = "flag" },
    url = url(),
    image = url(),
  }
end

-- A form of the business: fields, and what the visitor agrees to.
function parts.form()
  local field = object {
    name = required(matching("^%l[%l%d_]*$", "must be lower-case letters, digits and '_'", 40)),
    label = required(localised(200)),
    type = rules.choice { "text", "textarea", "email", "phone", "number", "date", "time", "choice", "consent" },
    required = { kind = "flag" },
    placeholder = localised(200),
    options = list(object { value = required(text(100)), label = required(localised(200)) }, 25, { min = 1 }),
  }
  return object {
    id = required(id()),
    title = required(localised(200)),
    fields = required(list(field, 30, { min = 1 })),
    consent = object {
      text = required(localised(2000)),
      version = required(text(40)),
      required = { kind = "flag" },
    },
    submit = localised(60),
    thanks = localised(500),
  }
end

return parts
