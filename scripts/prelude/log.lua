-- The `log` module of scripts. In a dialog a line is a step, so a replay does
-- not write it again; outside of a chat it goes to the server's log.
local host = require "host"
local current = require "prelude.current"
local script_log = require "prelude.script_log"
local steps = require "prelude.steps"

local log = {}

-- "commands/hours.lua:9" of the script that called. depth: frames from here.
local function where(depth)
  local _, position = pcall(error, "", depth + 3)
  return (string.gsub(position, ": $", ""))
end

for _, level in ipairs { "info", "warn", "error" } do
  log[level] = function(message, ...)
    if select("#", ...) > 0 then
      local ok, filled = pcall(string.format, tostring(message), ...)
      if not ok then error(("log.%s: the text does not fit its values"):format(level), 2) end
      message = filled
    end
    message = tostring(message)
    local chat, position = current.get(), where(1)
    if not chat then return host.log(level, message, { source = "script", at = position }) end
    if not steps.effect(chat, "log", message) then return end
    host.log(
      level == "error" and "warn" or level,
      message,
      { source = "script", at = position, conversation = chat.self.k }
    )
    script_log.add(chat.self, chat.registry.version, level, message, position)
  end
end

return log
