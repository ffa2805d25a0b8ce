-- What a traced chat does, step by step, as lines of the server's log: kind,
-- value, the script's line, and what the turn has used so far. Only where the
-- host has the setting "trace": screenplays that are traced (runtime/play).
local host = require "host"
local json = require "json"
local position = require "prelude.position"
local text = require "lib.text"

local VALUE_MAX = 200

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
