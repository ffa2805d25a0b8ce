-- What a declaration may hold. The same tables drive the check, the help and
-- the errors that an author reads.
local event_names = require "lib.event_names"
local when = require "lib.when"

local shape = {}

shape.HANDOVER = "@handover"
shape.noun = { commands = "command", menus = "menu", webhooks = "webhook" }

-- Events that bot.on hears: ours, and what comes in by a hook ("hook.NAME").
function shape.is_event(name)
  return event_names.set[name] or type(name) == "string" and string.find(name, "^hook%.%l[%l%d_%-]*$") ~= nil
end

-- A text, or one text for each language: { en = "...", de = "..." }.
local function is_text(value)
  if type(value) == "string" then return value ~= "" end
  if type(value) ~= "table" or next(value) == nil then return false end
  for language, text in pairs(value) do
    if
      type(language) ~= "string"
      or not string.find(language, "^%l%l$")
      or type(text) ~= "string"
      or text == ""
    then
      return false
    end
  end
  return true
end

local function is_list_of_text(value)
  if type(value) ~= "table" then return false end
  for _, entry in pairs(value) do
    if type(entry) == "table" and not is_list_of_text(entry) then return false end
    if type(entry) ~= "table" and type(entry) ~= "string" then return false end
  end
  return true
end

local function is_secret(value)
  return type(value) == "string" or (type(value) == "table" and type(value.secret) == "string")
end

local checks = {
  text = { is_text, 'a text, or a text for each language: { en = "...", de = "..." }' },
  words = { is_list_of_text, "a list of words" },
  run = { function(v) return type(v) == "function" end, "a function" },
  target = { function(v) return type(v) == "string" end, "the name of a command or menu" },
  menu = { function(v) return type(v) == "string" end, "the name of a menu" },
  items = { function(v) return type(v) == "table" and #v > 0 end, "a list of items" },
  flag = { function(v) return type(v) == "boolean" end, "true or false" },
  after = { function(v) return math.type(v) == "integer" and v >= 1 end, "a whole number from 1" },
  url = {
    function(v) return is_secret(v) and (type(v) == "table" or string.find(v, "^https?://[^%s/]") ~= nil) end,
    "an address with https:// or bot.secret",
  },
  secret = { is_secret, "a text or bot.secret" },
  filters = {
    function(v)
      if type(v) ~= "table" or #v == 0 then return false end
      for _, filter in ipairs(v) do
        if type(filter) ~= "string" or not event_names.is_filter(filter) then return false end
      end
      return true
    end,
    "a list of events, such as { 'lead.created', 'ticket.*' }",
  },
  period = {
    function(v) return type(v) == "string" and string.find(v, "^%d+m?s$") ~= nil end,
    "a time such as '5s'",
  },
}

local fields = {
  commands = {
    title = "text",
    words = "words",
    run = "run",
    say = "text",
    show = "menu",
    go = "target",
    help = "text",
    group = "text",
    hidden = "flag",
    when = "when",
  },
  menus = { text = "text", items = "items" },
  item = { label = "text", go = "target", say = "text", show = "menu", when = "when" },
  rule = { after = "after", say = "text", show = "menu", go = "target", when = "when" },
  webhooks = {
    url = "url",
    sign = "secret",
    timeout = "period",
    idempotent = "flag",
    events = "filters",
    filter = "run",
    transform = "run",
  },
}
local required = {
  commands = { "title" },
  menus = { "text", "items" },
  item = { "label" },
  rule = { "after" },
  webhooks = { "url" },
}
local actions = {
  commands = { "run", "say", "show", "go" },
  item = { "go", "say", "show" },
  rule = { "say", "show", "go" },
}

local function letters(name)
  local list = { string.byte(string.lower(name), 1, -1) }
  table.sort(list)
  return table.concat(list, " ")
end

-- The known field that looks most like a misspelt one, or nil.
local function similar(name, known)
  for field in pairs(known) do
    if string.sub(field, 1, 3) == string.sub(name, 1, 3) or letters(name) == letters(field) then
      return field
    end
  end
  return nil
end

local function check_when(errors, subject, value)
  when.check(value, function(name, wanted)
    local said
    if wanted then
      said = ("'%s' must be %s"):format(name and "when." .. name or "when", wanted)
    else
      local hint = similar(name, when.known)
      said = ("'when' has an unknown condition '%s' (%s)"):format(
        name,
        hint and ("did you mean '%s'?"):format(hint) or "there are " .. table.concat(when.names, ", ")
      )
    end
    errors[#errors + 1] = subject .. ": " .. said
  end)
end

local function check_fields(errors, kind, subject, body)
  local known = fields[kind]
  for name, value in pairs(body) do
    local check = checks[known[name]]
    if known[name] == "when" then
      check_when(errors, subject, value)
    elseif not check then
      local hint = type(name) == "string" and similar(name, known)
      errors[#errors + 1] = ("%s has an unknown field '%s'%s"):format(
        subject,
        tostring(name),
        hint and (" (did you mean '%s'?)"):format(hint) or ""
      )
    elseif not check[1](value) then
      errors[#errors + 1] = ("%s: '%s' must be %s"):format(subject, name, check[2])
    end
  end
  for _, name in ipairs(required[kind]) do
    if body[name] == nil then errors[#errors + 1] = ("%s needs a field '%s'"):format(subject, name) end
  end
end

local function check_action(errors, kind, subject, body)
  local wanted, found = actions[kind], 0
  for _, name in ipairs(wanted) do
    if body[name] ~= nil then found = found + 1 end
  end
  if found ~= 1 then
    errors[#errors + 1] = ("%s needs exactly one of '%s'"):format(subject, table.concat(wanted, "', '"))
  end
end

local function label_of(item, i)
  local label = type(item) == "table" and item.label
  if type(label) == "table" then label = label.en end
  return type(label) == "string" and "'" .. label .. "'" or tostring(i)
end

-- The list of problems of one declaration; empty when it is fine.
function shape.check(kind, name, body)
  local errors, subject = {}, shape.noun[kind] .. " '" .. name .. "'"
  if type(body) ~= "table" then return { subject .. " needs a table" } end
  check_fields(errors, kind, subject, body)
  if actions[kind] then check_action(errors, kind, subject, body) end
  for i, item in ipairs(kind == "menus" and type(body.items) == "table" and body.items or {}) do
    local item_subject = ("%s item %s"):format(subject, label_of(item, i))
    if type(item) ~= "table" then
      errors[#errors + 1] = item_subject .. " needs a table"
    else
      check_fields(errors, "item", item_subject, item)
      check_action(errors, "item", item_subject, item)
    end
  end
  return errors
end

function shape.check_rules(rules)
  if type(rules) ~= "table" then return { "bot.fallback needs a list of rules" } end
  local errors = {}
  for i, rule in ipairs(rules) do
    local subject = "fallback rule " .. i
    if type(rule) ~= "table" then
      errors[#errors + 1] = subject .. " needs a table"
    else
      check_fields(errors, "rule", subject, rule)
      check_action(errors, "rule", subject, rule)
    end
  end
  return errors
end

return shape
