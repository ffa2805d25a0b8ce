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

local FIELDS = { "command", "step", "kind", "value", "at", "cpu_us", "memory" }

-- One step of a script as a line; CPU time and memory are the turn's and the
-- state's so far.
local function describe(entry)
  return ("  %4d %-16s %-34s %7.2f ms %6d KiB  %s\n"):format(
    entry.step,
    entry.kind,
    entry.at,
    entry.cpu_us / 1000,
    entry.memory // 1024,
    entry.value
  )
end

local function as_json(step, entry)
  local line = { line = step.line }
  for _, field in ipairs(FIELDS) do
    line[field] = entry[field]
  end
  return json.encode(line) .. "\n"
end

-- The same, and what each line made the scripts do is printed: as text, or a
-- JSON object a step when how is "json".
function entries.trace(how)
  local message = screenplay.play(steps, name, page.new(stage), function(step)
    local out = {}
    if how ~= "json" then
      out[1] = ("%d %s%s\n"):format(step.line, step.verb, step.arg ~= "" and ": " .. step.arg or "")
    end
    for _, entry in ipairs(assert(json.decode(stage.steps()))) do
      out[#out + 1] = how == "json" and as_json(step, entry) or describe(entry)
    end
    stage.print(table.concat(out))
  end)
  if message then return nil, message end
  return true
end

return entries
