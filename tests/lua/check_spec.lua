-- What an author reads when a declaration is wrong, and what a script may not do.
local fake_host = require "tests.lua.fake_host"
local files = require "tests.lua.files"

-- The problems of the stock bundle with one more file.
local function problems(source, path)
  local world = fake_host.new { files = files.scripts { [path or "commands/extra.lua"] = source } }
  local list = world:state(1).api.check()
  return list and table.concat(list, "\n") or nil
end

local BOT = 'local bot = require "bot"\n'

local CASES = {
  {
    'bot.menu "extra" { text = "Hi", items = { { label = "Book", go = "nope" } } }',
    "commands/extra.lua:2: menu 'extra' item 'Book' goes to 'nope', which does not exist",
  },
  {
    'bot.menu "extra" { text = "Hi", items = { { label = "Book", show = "hours" } } }',
    "commands/extra.lua:2: menu 'extra' item 'Book' shows 'hours', which does not exist",
  },
  {
    'bot.menu "extra" { text = "Hi", items = { { label = "Book", go = hours } } }',
    "commands/extra.lua:2: unknown name 'hours' (did you forget quotes?)",
  },
  { "count = 1", "commands/extra.lua:2: global variables are not allowed: 'count' (write 'local count')" },
  {
    'bot.command "x" { titel = "X", say = "x" }',
    "commands/extra.lua:2: command 'x' has an unknown field 'titel' (did you mean 'title'?)\n"
      .. "commands/extra.lua:2: command 'x' needs a field 'title'",
  },
  {
    'bot.command "x" { title = "X" }',
    "commands/extra.lua:2: command 'x' needs exactly one of 'run', 'say', 'show', 'go'",
  },
  {
    'bot.command "x" { title = "X", run = "hello" }',
    "commands/extra.lua:2: command 'x': 'run' must be a function",
  },
  {
    'bot.command "hours" { title = "X", say = "x" }',
    "commands/hours.lua:4: command 'hours' is already declared at commands/extra.lua:2",
  },
  {
    'bot.command "Big Name" { title = "X", say = "x" }',
    "commands/extra.lua:2: a command needs a name of lower-case letters, digits, '_' and '-', not 'Big Name'",
  },
  {
    'bot.command "x" { title = "X", go = "y" }',
    "commands/extra.lua:2: command 'x' goes to 'y', which does not exist",
  },
  {
    'bot.fallback { { after = 1, say = "x" } }',
    "rules/fallback.lua:4: fallback rules are already declared at commands/extra.lua:2",
  },
  { 'bot.on("message.lost", function() end)', "commands/extra.lua:2: there is no event 'message.lost'" },
  {
    'bot.command "x" { title = "X", wrods = { "x" }, say = "x" }',
    "commands/extra.lua:2: command 'x' has an unknown field 'wrods' (did you mean 'words'?)",
  },
  { 'bot.command "x"', "commands/extra.lua:2: command 'x' needs a table: { ... }" },
  {
    'bot.command "x" { title = "X", say = "x", when = "always" }',
    "commands/extra.lua:2: command 'x': 'when' must be 'open', 'closed' or a table such as { pages = '/shop/*' }",
  },
  {
    'bot.command "x" { title = "X", say = "x", when = { page = "/shop" } }',
    "commands/extra.lua:2: command 'x': 'when' has an unknown condition 'page' (did you mean 'pages'?)",
  },
  {
    'bot.command "x" { title = "X", say = "x", when = { weather = "fine" } }',
    "commands/extra.lua:2: command 'x': 'when' has an unknown condition 'weather' "
      .. "(there are pages, hours, languages, lead, visitor, status)",
  },
  {
    'bot.menu "x" { text = "X", items = { { label = "A", say = "a", when = { hours = "9-5" } } } }',
    "commands/extra.lua:2: menu 'x' item 'A': 'when.hours' must be 'open', 'closed' or times "
      .. "such as '09:00-17:30'",
  },
  {
    'bot.command "x" { title = "X", say = "x", group = 7, when = { lead = "hot" } }',
    "commands/extra.lua:2: command 'x': 'group' must be a text, or a text for each language: "
      .. '{ en = "...", de = "..." }\n'
      .. "commands/extra.lua:2: command 'x': 'when.lead' must be one of 'none', 'any', 'new', 'contacted', "
      .. "'qualified', 'won', 'lost'",
  },
  {
    'bot.comand "x" { title = "X", say = "x" }',
    "commands/extra.lua:2: bot.comand does not exist "
      .. "(there are command, menu, fallback, webhook, on, secret, HANDOVER)",
  },
  { "local t = os.time()", "commands/extra.lua:2: unknown name 'os' (the time is chat:now())" },
  {
    'print "hi"',
    "commands/extra.lua:2: unknown name 'print' (write 'local log = require \"log\"', then log.info(...))",
  },
  {
    'bot.webhook "crm" { url = "ftp://x.example" }',
    "commands/extra.lua:2: webhook 'crm': 'url' must be an address with https:// or bot.secret",
  },
  { 'local h = bot.webhook "crm"', "commands/extra.lua:2: webhook 'crm' is not declared" },
  {
    'bot.webhook "crm" { url = "https://x.example", timeout = "soon" }',
    "commands/extra.lua:2: webhook 'crm': 'timeout' must be a time such as '5s'",
  },
  { 'require "host"', "commands/extra.lua:2: module 'host' is not available to this file" },
  { 'require "prelude.steps"', "commands/extra.lua:2: module 'prelude.steps' is not available to this file" },
  { "string.format = nil", "commands/extra.lua:2: this table is read-only" },
  {
    'bot.command "x" { title = "X", say = "{hours.tody}" }',
    "commands/extra.lua:2: command 'x' says '{hours.tody}', which is not known (did you mean '{hours.today}'?)",
  },
}

-- path, source, what the check says
local OWN_TESTS = {
  {
    "lib/extra_test.lua",
    "return { a = function(t)\n t.equal(4, 3)\n end }",
    "lib/extra_test.lua:2: expected 3, got 4",
  },
  {
    "lib/extra_test.lua",
    "return { a = function(t)\n t.equal({ 1, x = 'y' }, { 1 })\n end }",
    "lib/extra_test.lua:2: expected {1}, got {1, x = 'y'}",
  },
  {
    "lib/extra_test.lua",
    "return { a = function(t)\n t.equal(1, 1.0)\n end, b = function(t) t.truthy(nil)\n end }",
    "lib/extra_test.lua:2: expected 1.0, got 1\nlib/extra_test.lua:3: expected a value, got nil",
  },
  {
    "lib/extra_test.lua",
    "return { a = function(t)\n t.raises('no', error, 'yes', 0)\n end }",
    "lib/extra_test.lua:2: expected the error 'no', got 'yes'",
  },
  {
    "menus/extra_test.lua",
    "return { a = function(t)\n t.command 'nope'\n end }",
    "menus/extra_test.lua:2: nothing is declared as 'nope'",
  },
  { "lib/extra_test.lua", "return {}", "lib/extra_test.lua:1: must return a table of test functions" },
  {
    "lib/extra_test.lua",
    "\nrequire 'host'",
    "lib/extra_test.lua:2: module 'host' is not available to this file",
  },
  {
    "commands/extra_test.lua",
    "require 'prelude.steps'",
    "commands/extra_test.lua:1: module 'prelude.steps' is not available to this file",
  },
}

describe("the check", function()
  it("is content with the stock bundle", function() assert.is_nil(problems("return 1")) end)

  for _, case in ipairs(CASES) do
    it("reports: " .. case[2]:sub(1, 70), function() assert.equal(case[2], problems(BOT .. case[1])) end)
  end

  for _, case in ipairs(OWN_TESTS) do
    it(
      "runs own tests: " .. case[3]:sub(1, 60),
      function() assert.equal(case[3], problems(case[2], case[1])) end
    )
  end

  it(
    "is content with own tests that hold",
    function()
      assert.is_nil(problems(
        [[
      local hours, json = require "lib.hours", require "json"
      return { ["they see what their file may see"] = function(t)
        t.truthy(hours.compile)
        t.equal(json.decode "[1]", { 1 })
        t.equal(t.command("hours").name, "hours")
        t.raises("nothing is declared as 'nope'", t.menu, "nope")
      end }]],
        "commands/extra_test.lua"
      ))
    end
  )

  it("names the file of a syntax error", function()
    local ok, message = pcall(problems, "local = 1")
    assert.is_truthy((ok and message or tostring(message)):find "commands/extra.lua:1:")
  end)

  it(
    "lets scripts use the pure helpers",
    function()
      assert.is_nil(problems(BOT .. [[
local hours = require "lib.hours"
local text, time, json = require "text", require "time", require "json"
local log, business = require "log", require "business"
assert(hours.compile and text.fold and time.civil and json.encode and log.info and business.list)]]))
    end
  )
end)
