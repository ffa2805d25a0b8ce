-- Plays screenplays on the fake host: lua5.4 tests/chats/run.lua [FILE...]
-- Prints a line for each, then "N passed, N failed".
package.path = "./?.lua;" .. package.path

local fake_driver = require "tests.chats.fake_driver"
local files = require "tests.lua.files"
local screenplay = require "tests.chats.screenplay"
local demo = require "tests.lua.demo"

local time = demo.platform(demo.world()) "lib.time"

local function scripts_of(steps)
  local names = {}
  for _, step in ipairs(steps) do
    if step.verb == "with" then names[#names + 1] = step.arg end
  end
  return names
end

-- nil, or what went wrong
local function play(path)
  local steps, message = screenplay.parse(files.read(path), path)
  if not steps then return message end
  local driver = fake_driver.new(scripts_of(steps))
  message = screenplay.play(steps, path, driver, time.parse_rfc3339)
  if message then return message end
  local errors = driver:errors()
  return errors[1] and path .. ": a script failed: " .. table.concat(errors, "\n") or nil
end

local paths = { ... }
if #paths == 0 then
  local pipe = assert(io.popen "ls tests/chats/*.chat")
  for path in pipe:lines() do
    paths[#paths + 1] = path
  end
  pipe:close()
end

local passed, failed = 0, 0
for _, path in ipairs(paths) do
  local message = play(path)
  if message then
    failed = failed + 1
  else
    passed = passed + 1
  end
  print(message and "FAIL " .. message or "ok   " .. path)
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
