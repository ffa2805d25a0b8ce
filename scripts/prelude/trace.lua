-- What a traced chat does, step by step, as lines of the server's log: kind,
-- value, the script's line, and what the turn has used so far. Only where the
-- host has the setting "trace": screenplays that are traced (runtime/play).
local host = require "host"
local json = require "json"
local text = require "lib.text"

local VALUE_MAX, DEPTH_MAX = 200, 12

-- The line of the script that is running: the first frame in one of its folders.
local function position()
  for depth = 3, DEPTH_MAX do
    local _, place = pcall(error, "", depth)
    local path = string.match(place, "^(%l+/[%w_]+%.lua:%d+): $")
    local folder = path and string.match(path, "^%l+")
    if
      folder == "commands"
      or folder == "events"
      or folder == "menus"
      or folder == "rules"
      or folder == "webhooks"
    then
      return path
    end
  end
  return ""
end

-- value: what the step brought; nil for an effect
return function(chat, i, kind, value)
  local cpu_us, memory = host.usage()
  local shown = value ~= nil and json.encode(value) or ""
  host.log("info", "script step", {
    command = chat.command,
    step = i,
    kind = kind,
    value = utf8.len(shown) and text.cut(shown, VALUE_MAX) or "",
    at = position(),
    cpu_us = cpu_us,
    memory = memory,
  })
end
