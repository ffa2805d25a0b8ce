-- What was raised, as a line for the log. Only texts are shown: any other
-- value could run a script's code when it is converted.
local LINE_MAX <const> = 500

return function(value)
  if type(value) ~= "string" then return "an error value that is a " .. type(value) end
  return #value > LINE_MAX and string.sub(value, 1, LINE_MAX) or value
end
