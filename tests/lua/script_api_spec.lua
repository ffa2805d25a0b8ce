-- The registration table of the script API holds what scripts may call, all of
-- it and nothing else; its examples run; whoever calls a function wrongly
-- reads why, with the line.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local NOON = 1795350000000 + 0 -- Sunday, 22 November 2026, 12:20 UTC
local platform = demo.platform(demo.world())
local signature = platform "prelude.signature"

-- visit(area, entry) for every function
local function each(visit)
  for _, name in ipairs(signature.areas) do
    local area = assert(signature.read(name), name)
    for _, entry in ipairs(area.functions) do
      visit(area, entry, area.call .. entry.name)
    end
  end
end

local function all_types()
  local types = {}
  for _, name in ipairs(signature.areas) do
    for class, body in pairs(signature.read(name).types) do
      assert(not types[class], class .. " is there twice")
      types[class] = body
    end
  end
  return types
end

local function names_in(wanted)
  local list = {}
  for name in wanted:gmatch "[%a_]+" do
    list[#list + 1] = name
  end
  return list
end

describe("the registration table", function()
  it("documents every function whole", function()
    each(function(_, entry, label)
      assert.is_string(entry.short, label)
      assert.is_truthy(entry.short:find "[%.%?]$", label .. ": a line of text ends with a full stop")
      assert.is_string(entry.example, label .. " has no example")
      assert.is_table(entry.talk, label .. " does not say what its example does")
      assert.is_table(entry.params, label)
      for _, param in ipairs(entry.params) do
        assert.equal(3, #param, label)
      end
    end)
  end)

  it("names known types only", function()
    local types = all_types()
    local function known(wanted, where)
      for _, name in ipairs(names_in(wanted)) do
        assert.is_truthy(signature.kinds[name] or types[name], where .. ": no type " .. name)
      end
    end
    each(function(_, entry, label)
      for _, param in ipairs(entry.params) do
        known(param[2], label)
      end
      for _, value in ipairs(entry.returns or {}) do
        known(value[1], label)
      end
    end)
    for name, class in pairs(types) do
      for _, field in ipairs(class.fields) do
        known(field[2], name)
      end
    end
  end)

  it("lists what there is, with the right number of values", function()
    local sources = {
      chat = platform("prelude.chat").functions,
      asks = platform("prelude.chat").functions,
      business = platform "prelude.knowledge",
      http = platform "prelude.fetch",
      log = platform "prelude.log",
      text = platform "lib.text",
      time = platform "lib.time",
    }
    local listed = { chat = {}, asks = {}, business = {}, http = {}, log = {}, text = {}, time = {} }
    each(function(area, entry, label)
      local source = sources[area.area]
      if not source then return end
      local f = assert.is_function(source[entry.name], label) and source[entry.name]
      listed[area.area][entry.name] = true
      local info = debug.getinfo(f, "u")
      local inner = (area.area == "chat" or area.area == "asks") and 1 or 0
      local count = #entry.params
      local open = count > 0 and entry.params[count][1] == "..."
      if info.isvararg and not open then return end -- hands its values on
      assert.equal(open, info.isvararg, label)
      assert.equal(count - (open and 1 or 0), info.nparams - inner, label)
    end)
    for name in pairs(sources.chat) do
      assert.is_truthy(listed.chat[name] or listed.asks[name], "chat:" .. name .. " is not documented")
    end
    for _, area in ipairs { "business", "http", "log" } do
      for name in pairs(sources[area]) do
        assert.is_truthy(listed[area][name], area .. "." .. name .. " is not documented")
      end
    end
  end)

  it("lists the declarations that there are", function()
    local listed = { HANDOVER = true }
    for _, entry in ipairs(signature.read("bot").functions) do
      listed[entry.name] = true
    end
    local bot = platform "prelude.bot"({ uses = {}, begun = {} }, {})
    for name in pairs(bot) do
      assert.is_truthy(listed[name], "bot." .. name .. " is not documented")
    end
    for name in pairs(listed) do
      assert.is_truthy(name:find ":" or bot[name], name .. " does not exist")
    end
  end)

  it("describes declarations as they are checked", function()
    local shape = platform "prelude.shape"
    local bot = signature.read "bot"
    for kind, class in pairs { commands = "Command", menus = "Menu", webhooks = "Webhook" } do
      for _, field in ipairs(bot.types[class].fields) do
        local problems = table.concat(shape.check(kind, "x", { [field[1]] = false }), "\n")
        assert.is_nil(problems:find "unknown field", class .. "." .. field[1])
      end
    end
  end)
end)

-- ---- examples ----

local function fits(wanted, said)
  local pattern = wanted:gsub("[%(%)%.%%%+%-%?%[%]%^%$]", "%%%0"):gsub("%*", ".*")
  return said:find("^" .. pattern .. "$") ~= nil
end

local function send(visitor, line)
  local file, kind = line:match "^sends (%S+) (%S+)$"
  if file then
    local sent = { type = "file", file = { title = file, type = kind, size = 1000 } }
    return demo.texts(visitor:send(sent))
  end
  local form, rest = line:match "^fills ([%w_]+): (.*)$"
  if not form then return visitor:say(line) end
  local fields = {}
  for name, value in rest:gmatch "([%w_]+) = ([^;]+)" do
    fields[name] = value
  end
  return demo.texts(visitor:send { type = "form", form = form, fields = fields })
end

local function indented(code) return (code:gsub("([^\n]+)", "    %1")) end

local function source_of(entry)
  if entry.file then return entry.example end
  return 'local bot = require "bot"\nbot.webhook "example" { url = "https://example.com/hook" }\n'
    .. 'bot.command "example" { title = "Example", run = function(chat)\n'
    .. indented(entry.example)
    .. "\nend }"
end

describe("an example", function()
  each(function(_, entry, label)
    it("of " .. label .. " does what it says", function()
      local path = entry.replaces or "commands/example.lua"
      local settings = { test_mode = "1", stage = "1" } -- as where a play runs: files need no bytes
      local world = demo.world { extra = { [path] = source_of(entry) }, clock = NOON, settings = settings }
      assert.is_nil(world:state(demo.TENANT).api.check())
      world.http = function() return entry.web end
      local visitor = demo.visitor(world)
      local said = entry.begin == false and {} or visitor:say "/example"
      for _, line in ipairs(entry.talk) do
        local answer = line:match "^> (.*)$"
        if answer then
          assert.same({}, said)
          said = send(visitor, answer)
        else
          local text = table.remove(said, 1) or "nothing"
          assert.is_truthy(fits(line, text), ("expected '%s', got '%s'"):format(line, text))
        end
      end
      assert.same({}, said)
      for _, line in ipairs(world.log) do
        assert.is_true(line.level ~= "error", line.message)
      end
    end)
  end)
end)

-- ---- misuse ----

local WRONG = { "function() end", "42", "{ 7, x = 1 }", "'x'", "true" }
local value_of = {
  ["42"] = 42,
  ["'x'"] = "x",
  ["true"] = true,
  ["{ 7, x = 1 }"] = { 7, x = 1 },
  ["function() end"] = function() end,
}
local RIGHT = {
  string = "'x'",
  text = "'x'",
  integer = "1",
  number = "1",
  table = "{}",
  date = "'2026-12-24'",
  any = "1",
  value = "1",
  ["(text|Choice)[]"] = "{ 'a' }",
  ["string[]"] = "{ 'a' }",
}

-- Lua of each wrong call: { code, what its message must hold }
local function wrong_calls()
  local calls = {}
  each(function(area, entry, label)
    if area.area == "bot" then return end -- has checks of its own: check_spec
    local prefix = area.module and ('require("%s").%s'):format(area.module, entry.name) or label
    local before = {}
    local open = false
    for i, param in ipairs(entry.params) do
      if param[1] == "..." then
        open = true
        break
      end
      for _, wrong in ipairs(WRONG) do
        if signature.find_fault(area.types, param[2], value_of[wrong], "x") then
          before[i] = wrong
          calls[#calls + 1] =
            { ("%s(%s)"):format(prefix, table.concat(before, ", ")), label .. ": '" .. param[1] }
        end
      end
      if param[2]:sub(-1) ~= "?" and param[2] ~= "any" then
        before[i] = "nil"
        calls[#calls + 1] =
          { ("%s(%s)"):format(prefix, table.concat(before, ", ")), label .. ": '" .. param[1] .. "' must be" }
      end
      before[i] = RIGHT[param[2]] or "nil"
    end
    if not open then
      before[#entry.params + 1] = "1"
      calls[#calls + 1] = { ("%s(%s)"):format(prefix, table.concat(before, ", ")), label .. " takes " }
    end
  end)
  return calls
end

describe("a wrong call", function()
  it("of any function is told with the line and what is wrong", function()
    local lines, calls = { 'local bot = require "bot"' }, wrong_calls()
    assert.is_true(#calls > 200)
    for i, call in ipairs(calls) do
      lines[#lines + 1] = ('bot.command "m%d" { title = "M%d", run = function(chat) %s end }'):format(
        i,
        i,
        call[1]
      )
    end
    local world = demo.world { extra = { ["commands/misuse.lua"] = table.concat(lines, "\n") } }
    local visitor = demo.visitor(world)
    for i, call in ipairs(calls) do
      world.log = {}
      local said = visitor:say("/m" .. i)
      assert.is_truthy(said[1]:find "went wrong", call[1])
      local wanted = ("commands/misuse.lua:%d: %s"):format(i + 1, call[2])
      assert.equal(wanted, world.log[1].message:sub(1, #wanted), call[1])
    end
  end)

  local CASES = {
    { "chat:ask_nmber 'x'", "chat:ask_nmber does not exist (did you mean 'ask_number'?)" },
    { "chat.say('x')", "chat:say is called with a colon: chat:say(...)" },
    { "require('text').fodl 'x'", "text.fodl does not exist (did you mean 'fold'?)" },
    { "require('store').visitr.get 'x'", "store.visitr does not exist (did you mean 'visitor'?)" },
    { "chat:ask_number('x', { maks = 3 })", "chat:ask_number: 'options' knows no 'maks' (there are: tries," },
    {
      "chat:ask_number('x', { max = 'three' })",
      "chat:ask_number: 'options.max' must be a number, not the text 'three'",
    },
    {
      "chat:ask_text('x', { timeout = 'soon' })",
      "chat:ask_text: 'options.timeout' must be a length of time",
    },
    { "chat:ask_choice('x', {})", "chat:ask_choice: the list of choices is empty" },
    {
      "chat:ask_choice('x', { { label = 'A' } })",
      "chat:ask_choice: 'choices[1].value' must be a text, a number",
    },
    { "chat:show 'nope'", "there is no menu 'nope'" },
    { "chat:go 'nope'", "there is no command or menu 'nope'" },
    { "chat:say('%d tables', 'x')", "the text '%d tables' does not fit its values" },
    { "chat:set_locale 'xx'", "chat:set_locale: there are no phrases in 'xx' (there are: en, de)" },
    { "chat:lead { name = 'Ada' }", "chat:lead: a lead needs an 'email' or a 'phone'" },
    { "chat:lead { email = 'ada' }", "chat:lead: 'ada' is not an e-mail address" },
    { "chat:callback { phone = 'x' }", "chat:callback: 'x' is not a phone number" },
    { "chat:random(3, 1)", "chat:random: 'high' is less than 'low'" },
    { "chat:form { name = 'f', fields = {} }", "chat:form: a form has 1 to 30 fields" },
    {
      "chat:form { name = 'f', fields = { { name = 'a', type = 'tel' } } }",
      "chat:form: the field 'a' has an unknown type 'tel'",
    },
    { "require('store').bot.set('a b', 1)", "store.bot.set: 'key' must be 1 to 64 letters" },
    {
      "require('store').bot.set('a', ('x'):rep(5000))",
      "store.bot.set: the value takes 5002 bytes as JSON, at most 4096",
    },
    { "require('http').get 'http://127.0.0.1/'", "http.get: the address must" },
    {
      "require('http').get('https://a.example', { headers = { ['x y'] = 'z' } })",
      "http.get: the header 'x y' must be a name",
    },
    { "t { english = 'x' }", "t: 'english' is no language; write two letters" },
    { "t {}", "t: give a text for each language" },
    { "chat:phrase 'nope'", "chat:phrase: there is no phrase 'nope'" },
    { "chat:set('x', ('y'):rep(2000))", "chat:set: the text is longer than 1000 bytes" },
  }

  it("says what an author needs", function()
    local lines = { 'local bot = require "bot"' }
    for i, case in ipairs(CASES) do
      lines[#lines + 1] = ('bot.command "c%d" { title = "C%d", run = function(chat) %s end }'):format(
        i,
        i,
        case[1]
      )
    end
    local world = demo.world { extra = { ["commands/misuse.lua"] = table.concat(lines, "\n") } }
    local visitor = demo.visitor(world)
    for i, case in ipairs(CASES) do
      world.log = {}
      visitor:say("/c" .. i)
      local wanted = ("commands/misuse.lua:%d: %s"):format(i + 1, case[2])
      assert.equal(wanted, world.log[1] and world.log[1].message:sub(1, #wanted), case[1])
    end
  end)

  it("on another conversation's chat is refused", function()
    local world = demo.world {
      extra = {
        ["commands/keep.lua"] = [[
local bot = require "bot"
local kept
bot.command "keep" { title = "Keep", run = function(chat) kept = kept or chat; kept:say "hello" end }]],
      },
    }
    assert.same({ "hello" }, demo.visitor(world):say "/keep")
    local said = demo.visitor(world):say "/keep"
    assert.is_truthy(said[1]:find "went wrong")
    assert.is_truthy(world.log[#world.log].message:find "this chat is over or another's")
  end)
end)

-- What a script holds leads to nothing of the platform.
it("a script cannot reach the platform through its API", function()
  local world = demo.world {
    extra = {
      ["commands/pry.lua"] = [[
local bot = require "bot"
local text = require "text"
bot.command "pry" { title = "Pry", run = function(chat)
  for _, name in ipairs { "self", "registry", "log", "public" } do
    if pcall(function() return chat[name] end) then error("reached " .. name) end
  end
  chat.id, chat.locale = "conv_another", "xx"
  if pcall(function() text.fold = function() return "broken" end end) then error "changed" end
  chat:say "still here"
end }]],
    },
  }
  local visitor = demo.visitor(world)
  assert.same({ "still here" }, visitor:say "/pry")
  assert.same({ "How can I help you?" }, visitor:say "MENU")
  assert.equal(visitor.conversation, world.store:all("message", "seq")[1].conversation)
end)

describe("what is written from the table", function()
  local reference = platform "prelude.reference"
  for what, path in pairs {
    reference = "docs/script-reference.md",
    stubs = "docs/stubs/azentiko.d.lua",
    completions = "docs/stubs/completions.json",
  } do
    it(path .. " is up to date (./dev script-docs)", function()
      local written, now = files.read(path), reference.write(what) .. "\n"
      if what == "completions" then -- the server's JSON has another order of fields than the tests'
        written, now = json.encode(json.decode(written)), json.encode(json.decode(now))
      end
      assert.is_true(written == now, path .. " is stale: run ./dev script-docs")
    end)
  end

  it("the stubs are Lua", function() assert.is_function(load(reference.write "stubs")) end)
end)
