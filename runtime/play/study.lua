-- What study.c calls: one study for each state. A request is JSON:
--   op       "check", "test", "rehearse"; "publish" is check and test
--   files    the client's scripts, path -> text
--   bot      of whose dataset and recordings, where there is a store
--   secrets  names of the bot's secrets, where they are known
--   last, version   of a rehearsal: runtime/play/rehearse.lua
local json = require "json"
local page = require "runtime.play.page"
local rehearse = require "runtime.play.rehearse"
local rows = require "runtime.play.rows"
local screenplay = require "runtime.play.screenplay"

local tool = ...

local PLAYS_MAX = 100

local function plays_of(files)
  local paths = {}
  for path in pairs(files) do
    if path:find "%.chat$" and type(files[path]) == "string" then paths[#paths + 1] = path end
  end
  return paths
end

-- The steps of a play of the bot; nil and "file:line: text" when it cannot be read.
local function read(path, text)
  local steps, message = screenplay.parse(text, path)
  for _, step in ipairs(steps or {}) do
    if step.verb == "with" then
      return nil,
        ("%s:%d: 'with' is for the server's own plays: a bot's plays have all of its scripts"):format(
          path,
          step.line
        )
    end
  end
  return steps, message
end

-- What the scratch state says, and whether the plays can be read.
local function check(request)
  local input = json.encode { files = request.files, tests = true, secrets = request.secrets }
  local result = assert(json.decode(tool.check(input)))
  for _, path in ipairs(plays_of(request.files)) do
    local steps, message = read(path, request.files[path])
    if not steps then
      local line, text = message:match "^[^:]*:(%d+): (.*)$"
      result.ok = false
      table.insert(result.findings, {
        level = "error",
        file = path,
        line = math.tointeger(tonumber(line)),
        text = text,
        hint = "a line of a play begins with one of: " .. table.concat(screenplay.verbs, ", "),
      })
    end
  end
  return result
end

local function play(path, text)
  local steps, message = read(path, text)
  if not steps then return message end
  tool.open ""
  return screenplay.play(steps, path, page.new(tool))
end

-- Each screenplay among the files on a server of its own.
local function test(request)
  local result = { ok = true, passed = 0, failed = 0, plays = json.array {} }
  local paths = plays_of(request.files)
  if #paths == 0 then return result end
  rows.account(tool, request)
  rows.release(tool, request.bot, request.files)
  for i, path in ipairs(paths) do
    local message
    if i > PLAYS_MAX or tool.expired() == "yes" then
      message = path .. ":1: not played: too many plays, or no time left"
    else
      message = play(path, request.files[path])
    end
    if message then
      result.ok, result.failed = false, result.failed + 1
    else
      result.passed = result.passed + 1
    end
    result.plays[i] = { name = path, ok = not message, error = message }
  end
  return result
end

local operations = {}

operations.check = check

-- The plays of files that do not load would all fail for the same reason.
function operations.test(request)
  local checked = check(request)
  if not checked.ok then return { ok = false, check = checked } end
  local result = test(request)
  result.check = checked
  return result
end

operations.publish = operations.test

function operations.rehearse(request)
  local checked = request.files and check { files = request.files }
  if checked and not checked.ok then return { ok = false, check = checked } end
  return rehearse.run(tool, request)
end

return {
  run = function(text)
    local request = assert(json.decode(text))
    return operations[request.op](request)
  end,
}
