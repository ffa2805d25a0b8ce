-- Single entries of a dataset, as the API changes them: the sections that
-- there are and the rules of one entry. Pure.
local dataset = require "lib.dataset"
local schema = require "lib.dataset_schema"

local entry = {}

local function rule_of(section)
  local rule = schema.root.fields[section.name]
  return section.list and rule.of or rule
end

-- { name, kind, list } of a kind, or nil.
function entry.section(kind)
  for _, section in ipairs(schema.sections) do
    if section.kind == kind then return section end
  end
  return nil
end

function entry.is_id(id) return #id <= 60 and string.find(id, "^[%l%d][%l%d_%-]*$") ~= nil end

-- Do entries of this section carry their id in the body?
function entry.has_id(section) return rule_of(section).fields.id ~= nil end

-- Must every business have it?
function entry.is_required(section) return rule_of(section).required == true end

-- The list of errors; references to other entries are the caller's.
function entry.check(section, value) return dataset.check_entry(rule_of(section), value) end

-- path -> time zone, to be looked up by the caller.
function entry.zones(section, value)
  if section.kind == "hours" then return { ["/timezone"] = value.timezone } end
  return { ["/hours/timezone"] = section.kind == "location" and value.hours and value.hours.timezone or nil }
end

return entry
