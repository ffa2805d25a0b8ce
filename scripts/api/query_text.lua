-- The query of a URL as a table. Pure.
local query_text = {}

-- nil when what comes out is not UTF-8.
function query_text.unescape(s)
  s = string.gsub(s, "%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  return utf8.len(s) and s or nil
end

-- "a=1&b=x%20y" -> table; nil, name when a name comes twice or is no UTF-8.
function query_text.parse(query)
  local params = {}
  for pair in string.gmatch(query or "", "[^&]+") do
    local name, value = string.match(string.gsub(pair, "+", " "), "^([^=]*)=?(.*)$")
    name, value = query_text.unescape(name), query_text.unescape(value)
    if not name or not value or params[name] then return nil, name or "?" end
    params[name] = value
  end
  return params
end

return query_text
