-- The files' own tests: hours_test.lua beside hours.lua returns a table of
-- named functions. They run in the scratch state of a check, before a reload
-- or a start, so new scripts that break what they promised never serve
-- anybody. A test of a bundle's folder sees what its file sees, a test of the
-- platform any module; neither gets the host: time and data are arguments.
local bundle = require "prelude.bundle"
local expect = require "prelude.expect"
local host = require "host"
local json = require "json"
local loader = require "prelude.loader"

local own_tests = {}

local FAULTS_MAX = 50

local function is_lib(name) return string.find(name, "^lib%.[%l_]+$") ~= nil end

local function is_module(name) return string.find(name, "^%l+%.[%l_]+$") ~= nil end

-- `admit` says which modules a test may require; they are the platform's own
-- copies, so a test looks at what will run.
local function runner(admit, open)
  local builtin = { json = json, text = loader.platform "lib.text", time = loader.platform "lib.time" }
  setmetatable(
    builtin,
    { __index = function(_, name) return admit(name) and loader.platform(name) or nil end }
  )
  local _, run = loader.space { open = open, builtin = builtin, admit = admit, freeze = true }
  return run
end

-- What every test is handed.
local function helper(registry)
  local function declared(kind)
    return function(name)
      return registry[kind][name] or error("nothing is declared as '" .. tostring(name) .. "'", 2)
    end
  end
  return setmetatable(
    { command = declared "commands", menu = declared "menus" },
    { __index = expect, __metatable = false }
  )
end

-- The file:line of a failed expectation is the test's own. An error from
-- below is a fault of the tested file: then the test is named as well.
local function fault(path, name, message)
  message = tostring(message)
  if string.sub(message, 1, #path + 1) == path .. ":" then return message end
  return ("%s (in %s, '%s')"):format(message, path, tostring(name))
end

local function run_file(path, run, t, problems)
  local ok, tests = pcall(run, path)
  if not ok then
    problems[#problems + 1] = fault(path, "the file", tests)
    return
  end
  if type(tests) ~= "table" or next(tests) == nil then
    problems[#problems + 1] = path .. ":1: must return a table of test functions"
    return
  end
  for name, test in pairs(tests) do
    local passed, message = pcall(test, t)
    if not passed then problems[#problems + 1] = fault(path, name, message) end
    if #problems >= FAULTS_MAX then return end
  end
end

-- The list of "file:line: text" of what failed; empty when all is well.
function own_tests.run()
  local problems, t = {}, helper(bundle.current())
  local of_platform, of_bundle = runner(is_module, host.load), runner(is_lib, host.load)
  for _, path in ipairs(host.files "") do
    if loader.is_test(path) and #problems < FAULTS_MAX then
      run_file(path, bundle.is_of_folders(path) and of_bundle or of_platform, t, problems)
    end
  end
  return problems
end

-- The same of a client's files (path -> text), which declare the registry.
function own_tests.of_client(registry, files)
  local problems, t = {}, helper(registry)
  local run = runner(is_lib, function(path, env)
    local source = files[path]
    if not source then return nil, "no file '" .. path .. "'" end
    return host.compile(path, source, env)
  end)
  for path in pairs(files) do
    if loader.is_test(path) and #problems < FAULTS_MAX then run_file(path, run, t, problems) end
  end
  return problems
end

return own_tests
