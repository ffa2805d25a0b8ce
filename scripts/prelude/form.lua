-- Forms in the chat: a block the visitor fills in, checked here, stored as a
-- submission in the turn that accepts it.
local host = require "host"
local json = require "json"
local asks = require "prelude.asks"
local events = require "prelude.events"
local phrases = require "lib.phrases"
local show = require "prelude.show"
local text = require "lib.text"
local time = require "lib.time"

local form = {}

local VALUE_MAX, FIELDS_MAX = 2000, 30

-- Forms whose name is one of the product's: what happens when they come in.
local EVENTS = { lead = "lead.created", callback = "callback.requested", ticket = "ticket.created" }

local PREFIX = { lead = "lead", callback = "call", ticket = "tkt" }

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

local function field_of(chat, source)
  local field = {
    name = source.name,
    label = text.pick(source.label or source.name, chat.self.l),
    type = source.type or "text",
    required = source.required or nil,
    placeholder = text.pick(source.placeholder, chat.self.l),
  }
  if not types[field.type] and field.type ~= "consent" then
    error(("chat:form: the field '%s' has an unknown type '%s'"):format(field.name, field.type), 4)
  end
  if source.options then
    field.options = {}
    for i, option in ipairs(source.options) do
      if type(option) ~= "table" or option.value == nil then
        option = { value = text.pick(option, "en"), label = option }
      end
      field.options[i] = { value = option.value, label = text.pick(option.label, chat.self.l) }
    end
    json.array(field.options)
  end
  return field
end

-- Stores what was sent and tells the business; its id.
function form.store(self, name, fields)
  local now, id = host.now(), host.new_id(PREFIX[name] or "form")
  if not self.e then host.write("submission.insert", id, self.k, name, json.encode(fields), now) end
  if EVENTS[name] then events.raise(self, EVENTS[name], { conversation = self.k, fields = fields }) end
  return id
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

-- spec: { name, title, fields = { { name, label, type, required, options } }, submit }
-- Returns prompt, check for steps.ask, and store(chat, fields) for its answer.
function form.new(chat, spec)
  if #spec.fields == 0 or #spec.fields > FIELDS_MAX then
    error(("chat:form: a form has 1 to %d fields"):format(FIELDS_MAX), 3)
  end
  local l, fields = chat.self.l, {}
  for i, source in ipairs(spec.fields) do
    fields[i] = field_of(chat, source)
  end
  local title = text.pick(spec.title or spec.name, l)
  local block = {
    kind = "form",
    form = spec.name,
    title = title,
    text = title,
    fields = json.array(fields),
    submit = text.pick(spec.submit, l) or phrases.say(l, "send"),
  }
  local function prompt(c) show.block(c.self, block) end
  local function check(input)
    if input.type ~= "form" or input.form ~= spec.name then return nil, phrases.say(l, "ask_form") end
    local values, lines, errors = {}, {}, {}
    for _, field in ipairs(fields) do
      local value, fine = read(field, input.fields[field.name])
      if fine == false then
        errors[#errors + 1] = { name = field.name, detail = phrases.say(l, "form_field", field.label) }
      end
      values[field.name] = value
      if value and value ~= true then lines[#lines + 1] = field.label .. ": " .. value end
    end
    if #errors > 0 then return nil, nil, errors end
    input.shown = table.concat(lines, "\n")
    return values
  end
  return prompt, check, function(c, values) form.store(c.self, spec.name, values) end
end

return form
