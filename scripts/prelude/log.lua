-- The `log` module of scripts: lines that the operator and the author see.
local host = require "host"

local log = {}

for _, level in ipairs { "info", "warn", "error" } do
  log[level] = function(message, ...)
    if select("#", ...) > 0 then message = string.format(message, ...) end
    host.log(level, tostring(message), { source = "script" })
  end
end

return log
