-- What play.c calls. One screenplay for each state: read, then played.
local json = require "json"
local page = require "runtime.play.page"
local screenplay = require "runtime.play.screenplay"

local stage = ...
local name, steps -- of the play that was read

local entries = {}

-- { name, text } as JSON -> the scripts that the play brings along; or nil
-- and "file:line: text".
function entries.read(input)
  local play = assert(json.decode(input))
  local message
  steps, message = screenplay.parse(play.text, play.name)
  if not steps then return nil, message end
  name = play.name
  local scripts = {}
  for _, step in ipairs(steps) do
    if step.verb == "with" then scripts[#scripts + 1] = step.arg end
  end
  return json.array(scripts)
end

-- true; or nil and "file:line: text" of the first line that did not hold.
function entries.play()
  local message = screenplay.play(steps, name, page.new(stage))
  if message then return nil, message end
  return true
end

return entries
