-- Forms in the chat: a block the visitor fills in, checked here, stored in the
-- turn that accepts it. Leads, callbacks and tickets are followed up
-- (prelude/followups), others are submissions.
local host = require "host"
local json = require "json"
local asks = require "prelude.asks"
local business = require "prelude.business"
local followups = require "prelude.followups"
local phrases = require "lib.phrases"
local show = require "prelude.show"
local text = require "lib.text"
local time = require "lib.time"

local form = {}

local VALUE_MAX, FIELDS_MAX = 2000, 30
local SPAN_MS = 3600000 -- of a wanted call, where nobody says how long
local CONSENT = "consent" -- the field that a form's consent text adds

local types = {
  text = function() return true end,
  textarea = function() return true end,
  email = asks.is_email,
  phone = asks.is_phone,
  number = function(s) return tonumber(s) ~= nil end,
  date = function(s) return time.parse_date(s) ~= nil end,
  time = function(s) return time.parse_clock(s) ~= nil end,
}

function types.choice(s, field)
  for _, option in ipairs(field.options or {}) do
    if option.value == s then return true end
  end
  return false
end

-- The value of one field, or nil and false when it breaks the field's rule.
local function read(field, value)
  if field.type == "consent" then
    if value == true or value == "true" or value == "on" then return true end
    if field.required then return nil, false end
    return nil
  end
  if type(value) == "number" then value = tostring(value) end
  value = type(value) == "string" and text.trim(value) or ""
  if value == "" then return nil, not field.required end
  if #value > VALUE_MAX or not types[field.type](value, field) then return nil, false end
  return value
end

local function field_of(l, source)
  local field = {
    name = source.name,
    label = text.pick(source.label or source.name, l),
    type = source.type or "text",
    required = source.required or nil,
    placeholder = text.pick(source.placeholder, l),
  }
  if not types[field.type] and field.type ~= "consent" then
    error(("chat:form: the field '%s' has an unknown type '%s'"):format(field.name, field.type), 5)
  end
  if source.options then
    field.options = {}
    for i, option in ipairs(source.options) do
      if type(option) ~= "table" or option.value == nil then
        option = { value = text.pick(option, "en"), label = option }
      end
      field.options[i] = { value = option.value, label = text.pick(option.label, l) }
    end
    json.array(field.options)
  end
  return field
end

-- A declaration in one language: { name, fields, block, consent }.
function form.compile(l, spec)
  local fields = {}
  for i, source in ipairs(spec.fields) do
    fields[i] = field_of(l, source)
  end
  local consent = spec.consent
  if consent then
    fields[#fields + 1] = field_of(l, {
      name = CONSENT,
      type = "consent",
      label = consent.text,
      required = consent.required ~= false,
    })
  end
  local title = text.pick(spec.title or spec.name, l)
  return {
    name = spec.name,
    fields = fields,
    consent = consent and { text = text.pick(consent.text, l), version = consent.version, locale = l },
    block = {
      kind = "form",
      form = spec.name,
      title = title,
      text = title,
      fields = json.array(fields),
      submit = text.pick(spec.submit, l) or phrases.say(l, "send"),
    },
    l = l,
  }
end

-- The values of a form that came in; or nil and the list of { name, detail }.
function form.read(compiled, input)
  local values, lines, errors = {}, {}, {}
  for _, field in ipairs(compiled.fields) do
    local value, fine = read(field, input.fields[field.name])
    if fine == false then
      errors[#errors + 1] = { name = field.name, detail = phrases.say(compiled.l, "form_field", field.label) }
    end
    values[field.name] = value
    if value and value ~= true then lines[#lines + 1] = field.label .. ": " .. value end
  end
  if #errors > 0 then return nil, errors end
  input.shown = table.concat(lines, "\n")
  return values
end

-- "day" and "time" of a form are the business's own, or time is a span of
-- business.call_times. When it begins, in ms; nil when they are no moment.
local function wanted_at(self, fields)
  if type(fields.time) == "string" and string.find(fields.time, "^%d%d%d%d%d%d%d%d%d%d%d%d%d$") then
    return math.tointeger(tonumber(fields.time))
  end
  local days = type(fields.day) == "string" and time.parse_date(fields.day)
  local minutes = type(fields.time) == "string" and time.parse_clock(fields.time)
  local entry = days and minutes and business.of(self.b)
  return entry and business.from_local(entry, days * time.DAY + minutes * time.MINUTE) or nil
end

-- Stores what was given and tells the business; its id and, of a lead,
-- callback or ticket, its row. options: consent, wanted_at, wanted_until
function form.store(self, name, fields, options)
  options = options or {}
  if followups.kinds[name] then
    if name == "callback" then options.wanted_at = options.wanted_at or wanted_at(self, fields) end
    if options.wanted_at then options.wanted_until = options.wanted_until or options.wanted_at + SPAN_MS end
    local row = followups.open(self, name, fields, options)
    return row.id, row
  end
  local id = host.new_id "form"
  fields.consent = options.consent or fields.consent
  if not self.e then host.write("submission.insert", id, self.k, name, json.encode(fields), host.now()) end
  return id
end

-- The same for a compiled form, with the text that was agreed to.
function form.keep(self, compiled, values)
  local consent = compiled.consent
  if not consent then return form.store(self, compiled.name, values) end
  local fields = {}
  for name, value in pairs(values) do
    if name ~= CONSENT then fields[name] = value end
  end
  local given = values[CONSENT] == true
  return form.store(self, compiled.name, fields, {
    consent = {
      given = given,
      text = consent.text,
      version = consent.version,
      locale = consent.locale,
      at = host.rfc3339(host.now()),
    },
  })
end

-- The rule of prelude/dialog in what a script gave, with what is to be kept.
function form.rule(options, keep)
  return {
    tries = options.tries,
    default = options.default,
    timeout = options.timeout,
    on_timeout = options.on_timeout,
    keep = keep,
  }
end

-- spec: { name, title, fields = { { name, label, type, required, options } }, consent, submit }
-- Returns prompt, check for steps.ask, and store(chat, fields) for its answer.
function form.new(chat, spec)
  if #spec.fields == 0 or #spec.fields > FIELDS_MAX then
    error(("chat:form: a form has 1 to %d fields"):format(FIELDS_MAX), 3)
  end
  local compiled = form.compile(chat.self.l, spec)
  local function prompt(c) show.block(c.self, compiled.block) end
  local function check(input)
    if input.type ~= "form" or input.form ~= spec.name then
      return nil, phrases.say(compiled.l, "ask_form")
    end
    local values, errors = form.read(compiled, input)
    if not values then return nil, nil, errors end
    return values
  end
  local function store(c, values)
    local _, row = form.keep(c.self, compiled, values)
    if spec.after then spec.after(c.self, row) end
  end
  return prompt, check, store
end

return form
