-- CSV after RFC 4180, for spreadsheets: a cell that would be read as a formula
-- gets an apostrophe in front, so that what a visitor typed is never run. Pure.
local csv = {}

local FORMULA = "^[=+%-@\t\r]"

function csv.cell(value)
  if value == nil then return "" end
  if type(value) == "number" then return tostring(value) end
  value = tostring(value)
  if string.find(value, FORMULA) then value = "'" .. value end
  if string.find(value, '[",\r\n]') then value = '"' .. string.gsub(value, '"', '""') .. '"' end
  return value
end

-- values: list with n entries; nil is an empty cell.
function csv.line(values, n)
  local cells = {}
  for i = 1, n or #values do
    cells[i] = csv.cell(values[i])
  end
  return table.concat(cells, ",") .. "\r\n"
end

return csv
