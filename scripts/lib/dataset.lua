-- The JSON format in which a business is brought in (docs/dataset.md): strict
-- reading and turning into rows. Every error has the path of the value and
-- the reason; a file with one error gives no rows at all. Pure.
local json = require "json"
local schema = require "lib.dataset_schema"
local text = require "lib.text"

local dataset = {}

local ERRORS_MAX = 50

local function add(errors, path, reason)
  if #errors < ERRORS_MAX then errors[#errors + 1] = (path == "" and "/" or path) .. ": " .. reason end
end

local check -- (errors, path, value, rule)

local function is_list(value)
  if type(value) ~= "table" then return false end
  return next(value) == nil or value[1] ~= nil
end

local function check_text(errors, path, value, rule)
  local min, max = rule.min or 1, rule.max or 200
  local length = type(value) == "string" and text.length(value)
  if not length or length < min or length > max then
    return add(errors, path, ("must be text of %d to %d characters"):format(min, max))
  end
  if not string.find(value, "%S") and min > 0 then return add(errors, path, "must not be blank") end
  if rule.check and not rule.check(value) then add(errors, path, rule.reason) end
end

local kinds = {}

kinds.text = check_text

-- One text, or one for each language.
function kinds.localised(errors, path, value, rule)
  if type(value) ~= "table" then return check_text(errors, path, value, rule) end
  if next(value) == nil or is_list(value) then
    return add(errors, path, "must be a text, or a text for each language")
  end
  for language, entry in pairs(value) do
    if not string.find(language, "^%l%l$") then
      add(errors, path .. "/" .. language, "must be a language of two letters, such as 'en'")
    else
      check_text(errors, path .. "/" .. language, entry, rule)
    end
  end
end

function kinds.number(errors, path, value, rule)
  if type(value) ~= "number" or value < rule.min or value > rule.max then
    return add(errors, path, ("must be a number from %s to %s"):format(rule.min, rule.max))
  end
  if rule.whole and math.type(value) ~= "integer" then add(errors, path, "must be a whole number") end
end

function kinds.flag(errors, path, value)
  if type(value) ~= "boolean" then add(errors, path, "must be true or false") end
end

function kinds.choice(errors, path, value, rule)
  for _, option in ipairs(rule.options) do
    if option == value then return end
  end
  add(errors, path, "must be one of " .. table.concat(rule.options, ", "))
end

function kinds.list(errors, path, value, rule)
  local min, max = rule.min or 0, rule.max
  if not is_list(value) then return add(errors, path, "must be a list") end
  if #value < min or #value > max then
    return add(errors, path, ("must have %d to %d entries"):format(min, max))
  end
  local seen = {}
  for i, entry in ipairs(value) do
    local entry_path = path .. "/" .. (i - 1)
    check(errors, entry_path, entry, rule.of)
    local id = type(entry) == "table" and entry.id
    if id and seen[id] then add(errors, entry_path .. "/id", ("'%s' is used twice"):format(tostring(id))) end
    if id then seen[id] = true end
  end
end

function kinds.object(errors, path, value, rule)
  if type(value) ~= "table" or (is_list(value) and next(value) ~= nil) then
    return add(errors, path, "must be an object")
  end
  for name, entry in pairs(value) do
    local field = rule.fields[name]
    if not field then
      add(errors, path .. "/" .. tostring(name), "is not a known field")
    else
      check(errors, path .. "/" .. name, entry, field)
    end
  end
  for name, field in pairs(rule.fields) do
    if field.required and value[name] == nil then add(errors, path .. "/" .. name, "is missing") end
  end
  if rule.check then
    local name, reason = rule.check(value)
    if name then add(errors, path .. name, reason) end
  end
end

function check(errors, path, value, rule)
  if value == json.null then return add(errors, path, "must not be null: leave the field out") end
  return kinds[rule.kind](errors, path, value, rule)
end

-- References inside the file: a catalogue's items are products or services.
local function check_references(errors, value)
  local known = {}
  for _, list in ipairs { value.products or {}, value.services or {} } do
    for _, offer in ipairs(list) do
      known[offer.id] = true
    end
  end
  for i, catalogue in ipairs(value.catalogues or {}) do
    for j, id in ipairs(catalogue.items or {}) do
      if not known[id] then
        add(
          errors,
          ("/catalogues/%d/items/%d"):format(i - 1, j - 1),
          ("there is no product or service '%s'"):format(tostring(id))
        )
      end
    end
  end
end

-- The list of errors of a decoded file; empty when it is fine.
function dataset.check(value)
  local errors = {}
  check(errors, "", value, schema.root)
  if #errors == 0 then check_references(errors, value) end
  return errors
end

-- What a checked `bot` says, but for its name, slug and domains.
function dataset.settings(bot)
  return {
    locale = bot.locale,
    locales = json.array(bot.locales or { bot.locale }),
    greeting = bot.greeting,
    theme = bot.theme,
    files = bot.files,
    tracking = bot.tracking,
    tracking_consent = bot.tracking_consent,
    history = bot.history,
    inactivity = bot.inactivity,
  }
end

-- The rows of a checked file: { kind, id, position, body } with body as JSON.
local function rows_of(value)
  local rows = {}
  local function row(kind, id, position, body)
    rows[#rows + 1] = { kind = kind, id = id, position = position, body = assert(json.encode(body)) }
  end
  for _, section in ipairs(schema.sections) do
    local content = value[section.name]
    if content and section.list then
      for i, body in ipairs(content) do
        row(section.kind, body.id or section.kind .. "-" .. i, i, body)
      end
    elseif content then
      row(section.kind, section.kind, 1, content)
    end
  end
  return rows
end

-- The list of errors of one entry of a section.
function dataset.check_entry(rule, value)
  local errors = {}
  check(errors, "", value, rule)
  return errors
end

-- path -> time zone: whether there is such a zone, the host knows.
local function zones_of(value)
  local zones = { ["/hours/timezone"] = value.hours and value.hours.timezone }
  for i, location in ipairs(value.locations or {}) do
    if location.hours then zones[("/locations/%d/hours/timezone"):format(i - 1)] = location.hours.timezone end
  end
  return zones
end

-- JSON text -> { tenant = { name, settings }, bot = { name, slug, settings,
-- domains }, rows, zones }, where settings, domains and bodies are JSON texts; or
-- nil and the list of errors.
function dataset.import(source)
  local value, message = json.decode(source)
  if value == nil then
    local why = string.gsub(tostring(message), "^not valid JSON: ", "")
    return nil, { "/: is not JSON: " .. why }
  end
  local errors = dataset.check(value)
  if #errors > 0 then return nil, errors end
  return {
    tenant = { name = text.pick(value.business.name, "en"), settings = "{}" },
    bot = {
      name = value.bot.name or text.pick(value.business.name, "en"),
      slug = value.bot.slug,
      settings = json.encode(dataset.settings(value.bot)),
      domains = json.encode(json.array(value.bot.domains or {})),
    },
    rows = rows_of(value),
    zones = zones_of(value),
  }
end

return dataset
