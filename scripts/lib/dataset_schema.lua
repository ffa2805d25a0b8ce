-- What a dataset file may hold: rules for lib/dataset, in the order of
-- docs/dataset.md. Pure data.
local parts = require "lib.dataset_parts"
local rules = require "lib.dataset_rules"

local schema = {}

local text = rules.text
local localised = rules.localised
local list = rules.list
local object = rules.object
local number = rules.number
local choice = rules.choice
local required = rules.required
local matching = rules.matching
local id = rules.id
local url = rules.url
local language = rules.language
local email = rules.email
local phone = rules.phone

local function status()
  return choice { "queued", "fetching", "parsing", "indexing", "ready", "failed", "stale" }
end

schema.sections = {
  { name = "business", kind = "business" },
  { name = "contact", kind = "contact" },
  { name = "address", kind = "address" },
  { name = "locations", kind = "location", list = true },
  { name = "hours", kind = "hours" },
  { name = "owner", kind = "owner" },
  { name = "social", kind = "social", list = true },
  { name = "services", kind = "service", list = true },
  { name = "products", kind = "product", list = true },
  { name = "catalogues", kind = "catalogue", list = true },
  { name = "faqs", kind = "faq", list = true },
  { name = "texts", kind = "text", list = true },
  { name = "pages", kind = "page", list = true },
  { name = "files", kind = "file", list = true },
  { name = "custom", kind = "custom", list = true },
  { name = "forms", kind = "form", list = true },
}

schema.root = object {
  format = required(choice { "azentiko-dataset-1" }),
  business = required(object {
    name = required(localised(120)),
    type = localised(80),
    description = localised(2000),
    founded = number(1000, 2100, { whole = true }),
    languages = list(language(), 20),
    currency = matching("^%u%u%u$", "must be a currency such as EUR", 3),
  }),
  bot = required(object {
    name = text(80),
    slug = matching("^[%l%d][%l%d%-]*$", "must be lower-case letters, digits and '-'", 60),
    locale = required(language()),
    locales = list(language(), 20, { min = 1 }),
    greeting = required(localised(500)),
    theme = object {
      color = matching("^#%x%x%x%x%x%x$", "must be a colour such as #1a7f5a", 7),
      logo = url(),
      powered_by = url(),
      dark = { kind = "flag" },
    },
    files = object {
      types = list(matching("^%l+/[%l%d%.%+%-%*]+$", "must be a type such as image/png or image/*", 60), 20),
      max_mb = number(1, 25, { whole = true }),
    },
    tracking = choice { "none", "basic", "deep" },
    tracking_consent = { kind = "flag" },
    history = { kind = "flag" },
    inactivity = object {
      after_minutes = required(number(1, 10080, { whole = true })),
      say = required(localised(500)),
      close_after_minutes = number(1, 43200, { whole = true }),
    },
    domains = list(
      matching("^[%l%d%*][%l%d%.%-]*$", "must be a host name such as shop.example or *.shop.example", 253),
      50
    ),
  }),
  contact = object {
    phone = phone(),
    mobile = phone(),
    email = email(),
    website = url(),
    fax = phone(),
    whatsapp = phone(),
  },
  address = parts.address(),
  locations = list(
    object {
      id = required(id()),
      name = required(localised(120)),
      address = required(parts.address()),
      phone = phone(),
      hours = parts.working_hours,
      note = localised(500),
    },
    200
  ),
  hours = parts.working_hours,
  owner = object {
    name = required(text(120)),
    role = localised(80),
    about = localised(1000),
    email = email(),
    phone = phone(),
  },
  social = list(object { network = required(text(40)), url = required(url()) }, 30),
  services = list(parts.offer(), 500),
  products = list(parts.offer(), 5000),
  catalogues = list(
    object {
      id = required(id()),
      name = required(localised(120)),
      description = localised(1000),
      items = required(list(id(), 1000)),
      url = url(),
    },
    100
  ),
  faqs = list(
    object {
      id = id(),
      question = required(localised(300)),
      also = list(text(300), 50),
      answer = required(localised(2000)),
      topic = localised(80),
    },
    5000
  ),
  texts = list(
    object { id = id(), title = required(localised(200)), text = required(localised(20000)) },
    1000
  ),
  pages = list(
    object {
      id = id(),
      url = required(url()),
      title = required(localised(200)),
      text = localised(20000),
      status = status(),
    },
    1000
  ),
  files = list(
    object {
      id = id(),
      name = required(text(200)),
      type = required(text(100)),
      bytes = number(0, 1e9, { whole = true }),
      text = localised(20000),
      status = status(),
    },
    1000
  ),
  forms = list(parts.form(), 20),
  custom = list(
    object { id = id(), name = required(localised(100)), value = required(localised(1000)) },
    200
  ),
}

return schema
