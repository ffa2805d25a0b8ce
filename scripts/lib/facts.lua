-- Structured facts as texts: what {placeholders} stand for and what the
-- question answering says. `data` is kind -> list of bodies (docs/dataset.md),
-- `about` is { name, data, hours, now, locale }, now in local ms. Pure.
local hours_text = require "lib.hours_text"
local money = require "lib.money"
local text = require "lib.text"

local facts = {}

local lang = {
  en = {
    address = "Address",
    phone = "Phone",
    email = "E-mail",
    web = "Website",
    services = "We offer:",
    products = "From our shop:",
    none = "Sorry, I do not have that information yet.",
    from = "from",
    minutes = "min",
  },
  de = {
    address = "Adresse",
    phone = "Telefon",
    email = "E-Mail",
    web = "Website",
    services = "Wir bieten an:",
    products = "Aus unserem Laden:",
    none = "Dazu habe ich leider noch keine Angaben.",
    from = "ab",
    minutes = "Min.",
  },
}

local function words_of(about) return lang[about.locale] or lang.en end

local function first(about, kind) return about.data[kind] and about.data[kind][1] end

function facts.none(about) return words_of(about).none end

-- "Lindenstraße 12, 10969 Berlin"
function facts.address_line(address)
  local town = text.trim((address.postal_code or "") .. " " .. (address.city or ""))
  return address.street .. (town ~= "" and ", " .. town or "")
end

local function price(about, offer) return offer.price and money.text(offer.price, about.locale) end

-- "Wine tasting: from 45 €, 120 min"
function facts.offer_line(about, offer)
  local l, parts = words_of(about), {}
  parts[1] = price(about, offer)
  if offer.duration_minutes then parts[#parts + 1] = offer.duration_minutes .. " " .. l.minutes end
  local name = text.pick(offer.name, about.locale)
  return #parts > 0 and name .. ": " .. table.concat(parts, ", ") or name
end

function facts.offers(about, kind, heading)
  local list = about.data[kind]
  if not list then return facts.none(about) end
  local lines = { heading }
  for _, offer in ipairs(list) do
    lines[#lines + 1] = "• " .. facts.offer_line(about, offer)
  end
  return table.concat(lines, "\n")
end

local values = {}

values["business.name"] = function(about)
  return text.pick((first(about, "business") or {}).name, about.locale) or about.name
end

values["business.description"] = function(about)
  local business = first(about, "business")
  return business and text.pick(business.description, about.locale)
end

values["hours.today"] = function(about)
  return about.hours and hours_text.today(about.hours, about.now, about.locale)
end

values["hours.now"] = function(about)
  return about.hours and hours_text.status(about.hours, about.now, about.locale)
end

values["hours.week"] = function(about) return about.hours and hours_text.week(about.hours, about.locale) end

values["hours.next"] = function(about)
  return about.hours and hours_text.next_opening(about.hours, about.now, about.locale)
end

values["contact.phone"] = function(about) return (first(about, "contact") or {}).phone end
values["contact.email"] = function(about) return (first(about, "contact") or {}).email end
values["contact.website"] = function(about) return (first(about, "contact") or {}).website end

values["contact.address"] = function(about)
  local address = first(about, "address")
  return address and facts.address_line(address)
end

values["contact.directions"] = function(about)
  local address = first(about, "address")
  return address and text.pick(address.directions, about.locale)
end

values["contact.all"] = function(about)
  local l, lines = words_of(about), {}
  local function add(label, value)
    if value then lines[#lines + 1] = "**" .. label .. ":** " .. value end
  end
  add(l.address, values["contact.address"](about))
  add(l.phone, values["contact.phone"](about))
  add(l.email, values["contact.email"](about))
  add(l.web, values["contact.website"](about))
  lines[#lines + 1] = values["contact.directions"](about)
  return #lines > 0 and table.concat(lines, "\n") or nil
end

values["services.all"] = function(about) return facts.offers(about, "service", words_of(about).services) end
values["products.all"] = function(about) return facts.offers(about, "product", words_of(about).products) end

facts.placeholders = values

-- The text with each {placeholder} replaced; what is not known says so.
function facts.fill(about, s)
  return (
    string.gsub(s, "{([%l_]+%.[%l_]+)}", function(name)
      local value = values[name]
      return value and (value(about) or facts.none(about)) or nil
    end)
  )
end

return facts
