-- Lists: `?limit=&cursor=` -> {"data":[...],"next_cursor":...}. A cursor is the
-- position after which the next page begins, signed together with the tenant,
-- the path and the filters: one that was made elsewhere is no cursor.
local host = require "host"
local json = require "json"

local pages = {}

pages.LIMIT, pages.LIMIT_MAX = 50, 100
local BYTES_MAX = 524288 -- of one page; a longer one ends early

pages.query = {
  limit = {
    type = "integer",
    minimum = 1,
    maximum = pages.LIMIT_MAX,
    default = pages.LIMIT,
    description = "How many entries at most. A page may be shorter and still have a next one.",
  },
  cursor = {
    type = "string",
    maxLength = 500,
    description = "`next_cursor` of the page before; with the same filters.",
  },
}

function pages.schema(entry)
  return {
    type = "object",
    required = { "data", "next_cursor" },
    properties = {
      data = { type = "array", items = entry, maxItems = pages.LIMIT_MAX },
      next_cursor = { type = { "string", "null" }, maxLength = 500 },
    },
    additionalProperties = false,
  }
end

-- What a cursor belongs to: the path and every parameter but limit and cursor.
local function scope_of(request)
  local parts = { request.full_path }
  local names = {}
  for name in pairs(request.params) do
    if name ~= "limit" and name ~= "cursor" then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    parts[#parts + 1] = name .. "=" .. request.params[name]
  end
  return table.concat(parts, "\n")
end

local function hex(s)
  return (string.gsub(s, ".", function(c) return ("%02x"):format(string.byte(c)) end))
end

local function from_hex(s)
  return (string.gsub(s, "%x%x", function(pair) return string.char(tonumber(pair, 16)) end))
end

-- The position of the request's cursor, or nil; false when it is none of ours.
function pages.after(request)
  local cursor = request.params.cursor
  if not cursor then return nil end
  local position, mac = string.match(cursor, "^(%x+)%.([%w_%-]+)$")
  if not position or #position % 2 == 1 then return false end
  if not host.verify("cursor", position .. "\n" .. scope_of(request), mac) then return false end
  return from_hex(position)
end

-- The cursor behind which the list goes on after a position.
function pages.cursor(request, position)
  position = hex(position)
  return position .. "." .. host.sign("cursor", position .. "\n" .. scope_of(request))
end

-- 200 and the page as JSON text. rows: up to limit + 1 of them. show(row) -> what
-- the client sees; position(row) -> text from which the list goes on after it.
function pages.answer(request, rows, show, position)
  local parts, bytes, last, more = {}, 0, nil, false
  for i, row in ipairs(rows) do
    local entry = i <= request.query.limit and assert(json.encode(show(row)))
    if not entry or (i > 1 and bytes + #entry > BYTES_MAX) then
      more = true
      break
    end
    parts[i], bytes, last = entry, bytes + #entry + 1, row
  end
  local cursor = more and json.encode(pages.cursor(request, position(last))) or "null"
  return 200, '{"data":[' .. table.concat(parts, ",") .. '],"next_cursor":' .. cursor .. "}"
end

return pages
