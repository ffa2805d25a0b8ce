-- Makers of the schemas that routes share. Pure data.
local shapes = {}

function shapes.text(max, more)
  local schema = { type = "string", maxLength = max }
  for name, value in pairs(more or {}) do
    schema[name] = value
  end
  return schema
end

-- An id of ours: "conv_" and 26 letters. A foreign or malformed one finds nothing.
function shapes.id(prefix, description)
  return { type = "string", maxLength = 40, description = description or ("An id: `%s_...`"):format(prefix) }
end

function shapes.time(description)
  return { type = "string", format = "date-time", maxLength = 40, description = description }
end

function shapes.maybe(schema)
  local copy = {}
  for name, value in pairs(schema) do
    copy[name] = value
  end
  copy.type = { schema.type, "null" }
  return copy
end

function shapes.list(items, max, more)
  local schema = { type = "array", items = items, maxItems = max or 100 }
  for name, value in pairs(more or {}) do
    schema[name] = value
  end
  return schema
end

-- Everything in it is there: what is not known is null. For answers.
function shapes.object(properties, optional)
  local required = {}
  for name in pairs(properties) do
    required[#required + 1] = name
  end
  table.sort(required)
  for name, schema in pairs(optional or {}) do
    properties[name] = schema
  end
  return { type = "object", properties = properties, required = required, additionalProperties = false }
end

-- For requests: only the named ones must be there.
function shapes.input(properties, required, more)
  local schema =
    { type = "object", properties = properties, required = required, additionalProperties = false }
  for name, value in pairs(more or {}) do
    schema[name] = value
  end
  return schema
end

-- Anything that is an object: its own rules are checked elsewhere.
function shapes.anything(description)
  return { type = "object", additionalProperties = true, description = description }
end

return shapes
