-- What a client reads before a publish.
local fake_host = require "tests.lua.fake_host"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local BOT = 'local bot = require "bot"\n'

local function check(client, options)
  local world = fake_host.new { files = files.scripts() }
  local request = { files = client, tests = true, secrets = options and options.secrets }
  return world:state(1).api.check_files(json.encode(request))
end

local function lines(client, options)
  local list = {}
  for i, f in ipairs(check(client, options).findings) do
    list[i] = ("%s %s:%d: %s%s"):format(
      f.level,
      f.file,
      f.line,
      f.text,
      f.hint and " (" .. f.hint .. ")" or ""
    )
  end
  return table.concat(list, "\n")
end

describe("the check of a client's files", function()
  it("finds nothing in sound ones", function()
    local result = check {
      ["commands/pizza.lua"] = BOT .. 'bot.command "pizza" { title = "Pizza", go = "hours" }',
      ["commands/pizza_test.lua"] = 'return { works = function(t) t.equal(t.command("pizza").go, "hours") end }',
      ["chats/pizza.chat"] = "visitor: /pizza\nbot: *",
    }
    assert.same({}, result.findings)
    assert.is_true(result.ok)
    assert.equal(1, result.declared)
  end)

  it(
    "warns of a language in which nobody can ask",
    function()
      assert.equal(
        "warning commands/a.lua:2: command 'x': no conversation is in 'fr' (there are: en, de)",
        lines {
          ["commands/a.lua"] = BOT
            .. 'bot.command "x" { title = "X", say = "x", when = { languages = { "de", "fr" } } }',
        }
      )
    end
  )

  it("lets them replace a stock declaration, but not declare one twice", function()
    assert.equal(
      "",
      lines { ["commands/hours.lua"] = BOT .. 'bot.command "hours" { title = "H", say = "h" }' }
    )
    assert.equal(
      "error commands/b.lua:2: command 'x' is already declared at commands/a.lua:2",
      lines {
        ["commands/a.lua"] = BOT .. 'bot.command "x" { title = "X", say = "x" }',
        ["commands/b.lua"] = BOT .. 'bot.command "x" { title = "Y", say = "x" }',
      }
    )
  end)

  it(
    "says what does not compile, where",
    function()
      assert.is_truthy(
        lines({ ["commands/a.lua"] = BOT .. "bot.command(" }):find(
          "error commands/a.lua:2: unexpected symbol",
          1,
          true
        )
      )
    end
  )

  it(
    "finds a name inside a function that nobody has called yet",
    function()
      assert.equal(
        "error commands/a.lua:4: unknown name 'pirnt' (did you forget quotes?)",
        lines {
          ["commands/a.lua"] = BOT
            .. 'bot.command "x" { title = "X", run = function(chat)\n  chat:say "x"\n  pirnt(chat)\nend }',
        }
      )
    end
  )

  it("finds functions of the API that do not exist", function()
    local found = lines {
      ["commands/a.lua"] = BOT
        .. 'local store = require "store"\nlocal web = require("http")\n'
        .. 'bot.command "x" { title = "X", run = function(chat)\n'
        .. '  chat:sya "x"\n  store.bot.gte "x"\n  store.set("x")\n  web.fetch "https://a.example"\n'
        .. '  chat:say(chat.args.text, chat.locale)\n  store.bot.incr "n"\n'
        .. '  web.get("https://a.example").data.chat:nothing()\nend }',
      ["commands/b.lua"] = BOT
        .. "local function f(text)\n  local chat = { shout = function() end }\n  chat:shout(text)\nend\n"
        .. 'bot.command "y" { title = "Y", run = function() f "x" end }',
    }
    assert.equal(
      "error commands/a.lua:5: chat:sya does not exist (did you mean 'say'?)\n"
        .. "error commands/a.lua:6: store.bot.gte does not exist (did you mean 'bot.get'?)\n"
        .. "error commands/a.lua:7: store.set does not exist (the script reference lists what there is)\n"
        .. "error commands/a.lua:8: http.fetch does not exist (the script reference lists what there is)",
      found
    )
  end)

  it("finds in functions what is named but not there", function()
    local found = lines {
      ["commands/a.lua"] = BOT
        .. 'bot.webhook "kitchen" { url = "https://k.example/" }\n'
        .. 'bot.command "order" { title = "X", run = function(chat)\n'
        .. '  chat.say "x"\n  chat:go "ordr"\n  chat:show "main"\n  chat:go "human"\n'
        .. '  bot.webhook "kitchn":post {}\n  bot.webhook("kitchen"):send {}\n  bot.webhook "kitchen":enqueue {}\n'
        .. "  pcall(chat.say, chat, 'x')\nend }",
    }
    assert.equal(
      "error commands/a.lua:4: chat.say is called with a colon (write chat:say(...))\n"
        .. "error commands/a.lua:5: chat:go leads to 'ordr', which does not exist (did you mean 'order'?)\n"
        .. "error commands/a.lua:8: webhook 'kitchn' is not declared (did you mean 'kitchen'?)\n"
        .. "error commands/a.lua:9: a webhook knows no 'send' (:post waits for the answer, :enqueue sends later)",
      found
    )
  end)

  for source, said in pairs {
    ['bot.command "x" { title = "X", run = function(chat)\n  if true then chat:say "x"\nend, }'] = "a.lua:4: "
      .. "unexpected symbol near ',' (is an 'end', a value or a bracket missing before it?)",
    ['bot.command "x" {\n  title = "X"\n  say = "x" }'] = "a.lua:4: '}' expected (to close '{' at line 2) near 'say' "
      .. "(is a comma missing before it?)",
    ['local function f(chat) chat:say "x" end\nbot.command "x" { title = "X", run = f() }'] = "a.lua:2: attempt to "
      .. "index a nil value (local 'chat') (is a function called where it should be named: run = run?)",
  } do
    it("says what is mostly meant: " .. source:sub(1, 40), function()
      local found = lines { ["commands/a.lua"] = BOT .. source }
      assert.is_truthy(found:find("error commands/" .. said, 1, true), found)
    end)
  end

  it("finds references that lead nowhere", function()
    assert.equal(
      "error menus/main.lua:2: menu 'main' item 'Book' goes to 'nope', which does not exist",
      lines {
        ["menus/main.lua"] = BOT
          .. 'bot.menu "main" { text = "Hi", items = { { label = "Book", go = "nope" } } }',
      }
    )
    assert.equal(
      "warning webhooks/w.lua:2: secret 'KEY' is not set (azentiko script secret set KEY)",
      lines({
        ["webhooks/w.lua"] = BOT .. 'bot.webhook "w" { url = "https://a.example/", sign = bot.secret "KEY" }',
      }, { secrets = { "OTHER" } })
    )
  end)

  it(
    "warns of a word that is never heard",
    function()
      assert.equal(
        "warning commands/b.lua:2: command 'b' never hears the word 'Pizza'"
          .. " (command 'pizza' at commands/a.lua:2 takes it)",
        lines {
          ["commands/a.lua"] = BOT .. 'bot.command "pizza" { title = "P", say = "x" }',
          ["commands/b.lua"] = BOT .. 'bot.command "b" { title = "B", words = { "Pizza" }, say = "x" }',
        }
      )
    end
  )

  it(
    "runs the files' own tests",
    function()
      assert.is_truthy(lines({
        ["commands/a.lua"] = BOT .. 'bot.command "a" { title = "A", say = "x" }',
        ["commands/a_test.lua"] = 'return { bad = function(t) t.equal(t.command("a").say, "y") end }',
      }):find("error commands/a_test.lua:1: expected 'y', got 'x'", 1, true))
    end
  )

  it("keeps files in their places and bounds", function()
    assert.is_truthy(lines({ ["prelude/init.lua"] = "return 1" }):find "no place here")
    assert.is_truthy(lines({ ["commands/../x.lua"] = "return 1" }):find "no place here")
    assert.is_truthy(lines({ ["commands/a.txt"] = "x" }):find "only .lua and .chat")
    assert.is_truthy(lines({ ["commands/a.lua"] = ("-"):rep(70000) }):find "larger than 64 KiB")
    assert.is_truthy(lines({}):find "no files")
  end)
end)
