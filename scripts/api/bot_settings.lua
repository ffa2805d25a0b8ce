-- A bot's settings as the API shows and changes them: under the rules that a
-- dataset file has for `bot`.
local host = require "host"
local json = require "json"
local dataset = require "lib.dataset"
local schema = require "lib.dataset_schema"

local bot_settings = {}

local RULE = schema.root.fields.bot
local FIXED = { slug = true } -- part of addresses that are out in the world

-- Without what stands beside them, or is no setting of a file.
function bot_settings.show(settings)
  local shown = {}
  for name in pairs(RULE.fields) do
    shown[name] = settings[name]
  end
  return shown
end

-- "/greeting: is missing" as a fault of the API
local function fault_of(line)
  local path, detail = string.match(line, "^(%S+): (.*)$")
  return { pointer = path, code = "invalid", detail = detail }
end

-- Changes the row as read, as part of this turn; the faults, or nil.
function bot_settings.change(row, body)
  local settings = json.decode(row.settings) or {}
  local value = bot_settings.show(settings)
  value.name, value.domains = row.name, json.decode(row.domains) or {}
  for name, field in pairs(body) do
    if FIXED[name] then
      return { { pointer = "/" .. name, code = "not_allowed", detail = "cannot be changed" } }
    end
    if field == json.null then field = nil end
    value[name] = field
  end
  local errors = dataset.check_entry(RULE, value)
  if errors[1] then
    local faults = {}
    for i, line in ipairs(errors) do
      faults[i] = fault_of(line)
    end
    return faults
  end
  for name in pairs(RULE.fields) do
    settings[name] = nil
  end
  for name, setting in pairs(dataset.settings(value)) do
    settings[name] = setting
  end
  local before_settings, before_domains = row.settings, row.domains
  row.name, row.settings = value.name or row.name, json.encode(settings)
  row.domains = json.encode(json.array(value.domains or {}))
  host.write("bot.change", row.id, row.name, row.settings, row.domains, before_settings, before_domains)
  host.send("tenant", "tenant", "dataset")
  return nil
end

return bot_settings
