-- What the steps of a dialog promise: tries and time-outs by rule, values and
-- effects once, calls to the outside repeated only where that does no harm.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

local DAY = 86400000

local function world_with(body, options)
  options = options or {}
  local source = (
    'local bot = require "bot"\nlocal store = require "store"\nlocal http = require "http"\n'
    .. 'local log = require "log"\nlocal business = require "business"\n'
    .. 'bot.webhook "crm" { url = "https://crm.example/hook" }\n'
    .. 'bot.command "try" { title = "Try", run = function(chat)\n%s\nend }\n%s'
  ):format(body, options.more or "")
  return demo.world { extra = { ["commands/try.lua"] = source }, clock = options.clock }
end

local function errors_of(world)
  local list = {}
  for _, line in ipairs(world.log) do
    if line.level == "error" then list[#list + 1] = line.message end
  end
  return table.concat(list, "\n")
end

-- Due jobs are claimed and mailed, as the server does all the time.
local function pass(world, ms)
  world.clock = world.clock + ms
  world:post(0, "jobs", "claimer", "mail", "wake")
  world:settle()
end

local function steps_left(world) return #world.store:all("outbox", "id") end

describe("a question", function()
  it("gives up after so many answers that will not do", function()
    local world = world_with 'chat:say("%d", chat:ask_number("How many?", { tries = 3 }))'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    assert.is_truthy(visitor:say("many")[1]:find "give me a number")
    world:crash() -- the count survives
    visitor:reconnect()
    assert.is_truthy(visitor:say("lots")[1]:find "give me a number")
    local frames = visitor:send { type = "message", text = "heaps" }
    assert.equal("ack", frames[1].type)
    assert.is_truthy(demo.texts(frames)[1]:find "do not get any further")
    assert.equal("How can I help you?", visitor:say("menu")[1])
    assert.equal("", errors_of(world))
  end)

  it("gives up after five by itself, or takes its default", function()
    local world = world_with 'chat:say("%d", chat:ask_number("How many?", { default = 2 }))'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    for _ = 1, 4 do
      assert.is_truthy(visitor:say("many")[1]:find "give me a number")
    end
    assert.same({ "2" }, visitor:say "many")
  end)

  it("counts anew for the next question", function()
    local world =
      world_with 'chat:ask_number("A?", { tries = 2 }) chat:ask_number("B?", { tries = 2 }) chat:say "done"'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    visitor:say "x"
    assert.same({ "B?" }, visitor:say "1")
    assert.is_truthy(visitor:say("x")[1]:find "give me a number")
    assert.same({ "done" }, visitor:say "1")
  end)

  it("cannot be held up by a pcall of the script", function()
    local world = world_with [[
  while true do
    local ok, value = pcall(chat.ask_number, chat, "How many?", { tries = 1 })
    if ok then return chat:say("%d", value) end
  end]]
    local visitor = demo.visitor(world)
    visitor:say "/try"
    assert.is_truthy(visitor:say("many")[1]:find "do not get any further")
    assert.equal("How can I help you?", visitor:say("menu")[1])
  end)

  it("understands cancel in every language of the platform", function()
    local phrases = demo.platform(demo.world()) "lib.phrases"
    for _, language in ipairs(phrases.languages) do
      assert.is_true(#phrases.cancel_words[language] > 2, language)
      for _, word in ipairs(phrases.cancel_words[language]) do
        local visitor = demo.visitor(world_with 'chat:ask "Well?"')
        visitor:say "/try"
        assert.is_truthy(visitor:say(word:upper())[1]:find "cancelled", word)
      end
    end
  end)
end)

describe("a time-out", function()
  local function timed(rule, more)
    local world = world_with(
      ('chat:say("got %%s", tostring(chat:ask("Well?", { timeout = "2d"%s })))'):format(rule),
      { more = more }
    )
    local visitor = demo.visitor(world)
    visitor:say "/try"
    return world, visitor
  end

  local function heard(world, visitor) return demo.texts(world:take(visitor.session)) end

  it("tells the visitor and ends the dialog", function()
    local world, visitor = timed ""
    pass(world, 2 * DAY - 1)
    assert.same({}, heard(world, visitor))
    pass(world, 1)
    assert.is_truthy(heard(world, visitor)[1]:find "not heard from you")
    assert.equal(0, #world.store:all("outbox", "id"))
    assert.is_truthy(visitor:say("hello?")[1])
    assert.equal("", errors_of(world))
  end)

  for name, disturb in pairs {
    ["a crash"] = function(world, visitor)
      world:crash()
      visitor:reconnect()
    end,
    ["leaving memory"] = function(world) world:passivate() end,
  } do
    it("goes on with a value after " .. name, function()
      local world, visitor = timed ', on_timeout = { value = "nothing" }'
      disturb(world, visitor)
      pass(world, 2 * DAY)
      assert.same({ "got nothing" }, heard(world, visitor))
      assert.equal(0, #world.store:all("outbox", "id"))
      assert.equal("", errors_of(world))
    end)
  end

  it("goes on elsewhere", function()
    local world, visitor = timed ', on_timeout = { go = "menu" }'
    world:passivate()
    pass(world, 2 * DAY)
    assert.same({ "How can I help you?" }, heard(world, visitor))
  end)

  it("says what the script wants said", function()
    local world, visitor = timed ', on_timeout = { say = { en = "Too late.", de = "Zu spät." } }'
    pass(world, 2 * DAY)
    assert.same({ "Too late." }, heard(world, visitor))
  end)

  it("is none once the visitor has answered", function()
    local world, visitor = timed ', on_timeout = { value = "nothing" }'
    assert.same({ "got x" }, visitor:say "x")
    assert.equal(0, #world.store:all("outbox", "id"))
    pass(world, 3 * DAY)
    assert.same({}, heard(world, visitor))
  end)

  it("belongs to its own question", function()
    local world = world_with [[
  chat:ask("A?", { timeout = "1d" })
  chat:ask("B?", { timeout = "3d", on_timeout = { value = "b" } })
  chat:say "end"]]
    local visitor = demo.visitor(world)
    visitor:say "/try"
    pass(world, DAY - 1000)
    visitor:say "a"
    pass(world, DAY)
    assert.same({}, heard(world, visitor))
    pass(world, 2 * DAY)
    assert.same({ "end" }, heard(world, visitor))
  end)

  it("waits for a store that is away", function()
    local world, visitor = timed ', on_timeout = { value = "nothing" }'
    world:passivate()
    world.store.down = true
    pass(world, 2 * DAY)
    world.store.down = false
    pass(world, 120000)
    assert.same({ "got nothing" }, heard(world, visitor))
  end)

  it("ends a question whose visitor gave up on a form", function()
    local world = world_with 'chat:form { name = "f", timeout = "1h", fields = { { name = "a" } } }'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    pass(world, 3600000)
    assert.is_truthy(heard(world, visitor)[1]:find "not heard from you")
  end)
end)

describe("the store", function()
  local function said(world, visitor)
    visitor = visitor or demo.visitor(world)
    return visitor:say "/try", visitor
  end

  it("keeps values of a bot for all, of a visitor for one", function()
    local world = world_with [[
  chat:say("%s %s", tostring(store.bot.get "a"), tostring(store.visitor.get "a"))
  store.bot.set("a", "shared")
  store.visitor.set("a", { chat.args.text or "own" })
  chat:say("%s %s", store.bot.get "a", store.visitor.get("a")[1]) ]]
    local first, visitor = said(world)
    assert.same({ "nil nil", "shared own" }, first)
    assert.same({ "shared nil", "shared own" }, (said(world)))
    world:crash()
    visitor:reconnect()
    assert.same(
      { "shared table: own", "shared own" },
      { (said(world, visitor)[1]:gsub("table: *%g*", "table: own")), "shared own" }
    )
  end)

  it("is part of the turn: a turn that fails writes nothing", function()
    local world = world_with [[
  store.bot.set("a", 1)
  if not chat:get "twice" then chat:set("twice", true) end
  chat:say "done"]]
    local visitor = demo.visitor(world)
    world.store.down = true
    visitor:send { type = "command", name = "try" }
    world.store.down = false
    assert.equal(0, #world.store:all("kv", "name"))
    assert.same({ "done" }, visitor:say "/try")
    assert.equal(1, #world.store:all("kv", "name"))
  end)

  it("counts once, whatever happens", function()
    local world = world_with [[
  local n = store.bot.incr "n"
  chat:ask "A?"
  local m = store.bot.incr("n", 10)
  chat:ask "B?"
  chat:say("%d %d %s", n, m, tostring(store.bot.get "n"))]]
    local visitor = demo.visitor(world)
    visitor:say "/try"
    for _, answer in ipairs { "a", "b" } do
      world:crash()
      visitor:reconnect()
      if answer == "b" then
        assert.same({ "1 11 11" }, visitor:say(answer))
      else
        visitor:say(answer)
      end
    end
    assert.equal("11", world.store:all("kv", "name")[1].value)
    assert.equal("", errors_of(world))
    assert.equal(0, #world.store:all("outbox", "id"))
  end)

  it("counts on when the process died behind the count", function()
    local world = world_with 'chat:say("before") chat:say("%d", store.bot.incr "n") chat:say "after"'
    local visitor = demo.visitor(world)
    local commits, commit = 0, world.store.commit
    world.store.commit = function(self, tenant, batch)
      if tenant ~= 0 and #batch > 0 then commits = commits + 1 end
      if commits == 2 then return nil, "the power went", "unavailable" end
      return commit(self, tenant, batch)
    end
    visitor:say "/try"
    world.store.commit = commit
    world:crash()
    visitor:reconnect()
    world:take(visitor.session)
    pass(world, 120000)
    local texts = demo.texts(world:take(visitor.session))
    assert.same({ "1", "after" }, texts)
    assert.equal("1", world.store:all("kv", "name")[1].value)
    pass(world, 3 * DAY)
    assert.same({}, demo.texts(world:take(visitor.session)))
  end)

  it("has bounds", function()
    local world = world_with [[
  for i = 1, 60 do
    local ok, why = pcall(store.visitor.set, "k" .. i, i)
    if not ok then return chat:say("%d %s", i, why) end
  end]]
    local visitor = demo.visitor(world)
    assert.same({ "51 store.visitor.set: there are 50 keys already" }, visitor:say "/try")
    assert.equal(50, #world.store:all("kv", "name"))
    world = world_with 'store.bot.set("n", "text") store.bot.incr "n"'
    demo.visitor(world):say "/try"
    assert.is_truthy(errors_of(world):find("what is kept is no whole number", 1, true))
  end)

  it("is no way to another bot's or business's values", function()
    local world = world_with 'store.bot.set("a", "mine") chat:say "ok"'
    said(world)
    local other = "bot_01000000000000000000000002"
    assert(world.store:commit(2, { table.pack("kv.put", other, "", "a", '"theirs"', 1) }))
    assert(world.store:commit(1, { table.pack("kv.put", other, "", "a", '"another bot"', 1) }))
    local reader = world_with [[
  for _, key in ipairs { "a", "../a", "bot_01000000000000000000000002" } do
    local ok, value = pcall(store.bot.get, key)
    chat:say("%s", ok and tostring(value) or "refused")
  end]]
    reader.store, reader.ids = world.store, 1000
    assert.same({ "mine", "refused", "nil" }, (said(reader)))
  end)

  it("works in a handler, where counting says nothing", function()
    local world = world_with('chat:say("%s", tostring(store.bot.get "n"))', {
      more = 'bot.on("command.used", function() assert(store.bot.incr "n" == nil) end)',
    })
    assert.same({ "1" }, (said(world)))
    assert.same({ "2" }, (said(world)))
    assert.equal("", errors_of(world))
  end)
end)

describe("http", function()
  local POST = [[
  local answer, why, code = http.post("https://a.example/orders", { json = { dish = "soup" }%s })
  chat:say("%%s", answer and answer.data.number or code)
  chat:ask "Well?"
  chat:say "end"]]

  -- The outside: counts the calls, and may take the power away during one.
  local function outside(world, dies)
    local calls = {}
    world.http = function(request)
      calls[#calls + 1] = request
      if dies and #calls == 1 then
        world.store.down = true
        return { status = 201, headers = "", body = '{"number":7}' }
      end
      return { status = 201, headers = "Content-Type: application/json\n", body = '{"number":8}' }
    end
    return calls
  end

  it("is called once, its answer is kept", function()
    local world = world_with(POST:format "")
    local calls, visitor = outside(world), demo.visitor(world)
    assert.same({ "8", "Well?" }, visitor:say "/try")
    world:crash()
    visitor:reconnect()
    assert.same({ "end" }, visitor:say "yes")
    assert.equal(1, #calls)
    assert.equal('{"dish":"soup"}', calls[1].body)
    assert.equal("content-type: application/json\n", calls[1].headers)
    assert.equal("", errors_of(world))
  end)

  local function die_during_call(rule)
    local world = world_with(POST:format(rule))
    local calls, visitor = outside(world, true), demo.visitor(world)
    visitor:send { type = "message", text = "/try" }
    assert.equal(1, #calls)
    world:crash()
    world.store.down = false
    return world, calls, visitor
  end

  it("ends as unknown when the server died during a call", function()
    local world, calls, visitor = die_during_call ""
    visitor:reconnect()
    pass(world, 120000)
    assert.same({ "unknown", "Well?" }, demo.texts(world:take(visitor.session)))
    assert.equal(1, #calls)
    assert.same({ "end" }, visitor:say "yes")
    assert.equal("", errors_of(world))
  end)

  it("is repeated when that does no harm", function()
    local world, calls, visitor = die_during_call ", idempotent = true"
    visitor:reconnect()
    pass(world, 120000)
    assert.same({ "8", "Well?" }, demo.texts(world:take(visitor.session)))
    assert.equal(2, #calls)
    assert.same({ "end" }, visitor:say "yes")
  end)

  it("goes on with what the visitor wrote meanwhile", function()
    local world, calls, visitor = die_during_call ""
    visitor:reconnect()
    assert.same({ "unknown", "Well?", "end" }, visitor:say "yes")
    assert.equal(1, #calls)
    pass(world, 3 * DAY)
    assert.same({}, demo.texts(world:take(visitor.session)))
    assert.equal("", errors_of(world))
  end)

  it("answers what nobody asked for as ever", function()
    local world = world_with 'http.post "https://a.example/x" chat:say "sent"'
    local calls, visitor = outside(world, true), demo.visitor(world)
    visitor:send { type = "message", text = "/try" }
    world:crash()
    world.store.down = false
    visitor:reconnect()
    assert.same({ "sent", "How can I help you?" }, visitor:say "menu")
    assert.equal(1, #calls)
  end)

  it("gives nil and a code when there is no answer", function()
    local world =
      world_with 'local a, why, code = http.get "https://a.example/x" chat:say("%s %s", tostring(a), code)'
    assert.same({ "nil unavailable" }, demo.visitor(world):say "/try")
  end)

  it("is not for handlers, and has a bound in a turn", function()
    local world = world_with('for _ = 1, 11 do http.get "https://a.example/x" end', {
      more = 'bot.on("command.used", function() http.get "https://a.example/x" end)',
    })
    local calls = outside(world)
    demo.visitor(world):say "/try"
    assert.equal(10, #calls)
    assert.is_truthy(errors_of(world):find("http.get cannot be used in an event's handler", 1, true))
    assert.is_truthy(errors_of(world):find("http.get: at most 10 calls in a turn", 1, true))
  end)
end)

describe("a webhook that waits", function()
  local POST = [[
  local ok, status, answer, code = bot.webhook "desk":post { type = "booking", people = 4 }
  local place = type(answer) == "table" and answer.place or tostring(answer)
  chat:say("%s %s %s %s", tostring(ok), tostring(status), place, tostring(code))
  chat:ask "Well?"
  chat:say "end"]]

  local function desk(rule)
    local hook = 'bot.webhook "desk" { url = "https://desk.example/in", sign = "a key", timeout = "3s"%s }'
    return { more = hook:format(rule or "") }
  end

  local function outside(world, answer, dies)
    local calls = {}
    world.http = function(request)
      calls[#calls + 1] = request
      if dies and #calls == 1 then world.store.down = true end
      return answer
    end
    return calls
  end

  it("tells what was answered, and is sent once", function()
    local world = world_with(POST, desk())
    local calls = outside(world, { status = 201, headers = "", body = '{"place":"by the window"}' })
    local visitor = demo.visitor(world)
    assert.same({ "true 201 by the window nil", "Well?" }, visitor:say "/try")
    world:crash()
    visitor:reconnect()
    assert.same({ "end" }, visitor:say "yes")
    assert.equal(1, #calls)
    local body = json.decode(calls[1].body)
    assert.same({ "booking", 4 }, { body.type, body.data.people })
    assert.is_truthy(body.timestamp:find "^20%d%d%-")
    assert.equal(3000, calls[1].timeout)
    assert.is_truthy(calls[1].headers:find("webhook%-signature: v1,"))
    assert.is_truthy(calls[1].headers:find "webhook%-id: post_%w+_%d+_1\n", calls[1].headers)
    assert.equal(0, #world.store:sent "desk") -- no row of the ledger
    assert.equal("", errors_of(world))
  end)

  for name, case in pairs {
    ["a refusal"] = {
      answer = { status = 409, headers = "", body = "full" },
      said = "false 409 full nil",
      log = "webhook 'desk' answered 409",
    },
    ["an empty answer"] = { answer = { status = 204, headers = "", body = "" }, said = "true 204 nil nil" },
    ["a redirect"] = {
      answer = { status = 302, headers = "", body = "" },
      said = "false 302 nil nil",
      log = "webhook 'desk' answered 302",
    },
    ["silence"] = {
      answer = { code = "timeout", error = "Resolving timed out: secret.example", ms = 3000 },
      said = "false nil no answer in time timeout",
      log = "webhook 'desk' has not answered: no answer in time",
    },
  } do
    it("tells of " .. name .. ", also the author", function()
      local world = world_with(POST, desk())
      outside(world, case.answer)
      assert.same({ case.said, "Well?" }, demo.visitor(world):say "/try")
      local line = world.store:all("script_log", "id")[1]
      assert.equal(case.log, line and line.message)
      if line then assert.same({ 2, "commands/try.lua:8" }, { line.level, line.position }) end
      assert.equal("", errors_of(world))
    end)
  end

  local function die_during_call(rule)
    local world = world_with(POST, desk(rule))
    local calls = outside(world, { status = 200, headers = "", body = "" }, true)
    local visitor = demo.visitor(world)
    visitor:send { type = "message", text = "/try" }
    world:crash()
    world.store.down = false
    visitor:reconnect()
    pass(world, 120000)
    return calls, demo.texts(world:take(visitor.session))[1]
  end

  it("is not sent again when the server died during the call", function()
    local calls, said = die_during_call()
    assert.equal(1, #calls)
    assert.is_truthy(said:find "^false nil the server ended during the call.* unknown$")
  end)

  it("is sent again under the same id where the receiver does nothing twice", function()
    local calls, said = die_during_call ", idempotent = true"
    assert.equal("true 200 nil nil", said)
    assert.equal(2, #calls)
    local function id(call) return call.headers:match "webhook%-id: (%S+)" end
    assert.equal(id(calls[1]), id(calls[2]))
  end)

  it("whose secret is not set says so to the author", function()
    local world = world_with(POST, { more = 'bot.webhook "desk" { url = bot.secret "DESK_URL" }' })
    local calls = outside(world, { status = 200, headers = "", body = "" })
    assert.same(
      { "false nil the secret 'DESK_URL' is not set not_set", "Well?" },
      demo.visitor(world):say "/try"
    )
    assert.equal(0, #calls)
  end)

  it("is not for handlers, which send with :enqueue, and wants a table", function()
    local world = world_with('bot.webhook "crm":post "text"', {
      more = 'bot.on("command.used", function() bot.webhook "crm":enqueue { n = 1 } bot.webhook "crm":post {} end)',
    })
    local calls = outside(world, { status = 200, headers = "", body = "" })
    demo.visitor(world):say "/try"
    assert.equal(0, #calls)
    assert.equal(1, #world.store:sent "crm")
    local errors = errors_of(world)
    assert.is_truthy(errors:find("an event's handler cannot wait for an answer; send with :enqueue", 1, true))
    assert.is_truthy(
      errors:find("commands/try.lua:8: webhook 'crm': 'body' must be a table", 1, true),
      errors
    )
  end)
end)

describe("the language of a dialog", function()
  it("may change, and a replay takes the same way", function()
    local world = world_with [[
  if chat.locale == "en" then chat:say "English" end
  chat:set_locale "de"
  chat:say(t { en = "Hello", de = "Hallo" })
  chat:ask_number "?"
  chat:say(chat.locale)]]
    local visitor = demo.visitor(world)
    assert.same({ "English", "Hallo", "?" }, visitor:say "/try")
    assert.is_truthy(visitor:say("x")[1]:find "nennen Sie mir eine Zahl")
    world:crash()
    visitor:reconnect()
    assert.same({ "de" }, visitor:say "1")
    assert.equal("", errors_of(world))
  end)
end)

describe("a logged nil", function()
  it("is nil again", function()
    local world = world_with 'local v = chat:get "x" chat:ask "?" chat:say("%s", tostring(v))'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    world:crash()
    visitor:reconnect()
    assert.same({ "nil" }, visitor:say "y")
  end)
end)

describe("the script log", function()
  local function lines(world)
    local list = {}
    for i, row in ipairs(world.store:all("script_log", "id")) do
      list[i] = ("%d %s %s"):format(row.level, row.position, row.message)
    end
    return list
  end

  it("has lines with their place, once, and faults", function()
    local world = world_with [[
  log.info("asked %d", 3)
  chat:ask "?"
  log.warn "hm"
  chat:say(nil .. "x")]]
    local visitor = demo.visitor(world)
    visitor:say "/try"
    world:crash()
    visitor:reconnect()
    visitor:say "y"
    local found = lines(world)
    assert.equal("1 commands/try.lua:8 asked 3", found[1])
    assert.equal("2 commands/try.lua:10 hm", found[2])
    assert.is_truthy(found[3]:find("3 commands/try.lua:11 attempt", 1, true))
    assert.equal(3, #found)
    local row = world.store:all("script_log", "id")[1]
    assert.equal(visitor.conversation, row.conversation)
    assert.equal("v1", row.version)
  end)

  it("hears of a handler's fault", function()
    local world =
      world_with('chat:say "ok"', { more = 'bot.on("command.used", function() error "broken" end)' })
    demo.visitor(world):say "/try"
    assert.is_truthy(lines(world)[1]:find("^3 commands/try.lua:%d+ broken"))
  end)

  it("has bounds", function()
    local world = world_with 'for i = 1, 30 do log.info("line %d", i) end chat:say "ok"'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    assert.equal(20, #lines(world))
    for _ = 1, 10 do
      visitor:say "/try"
    end
    assert.equal(120, #lines(world))
    world.clock = world.clock + 60000
    visitor:say "/try"
    local found = lines(world)
    assert.is_truthy(table.concat(found, "\n"):find "lines were left out: too many in a minute")
    for _ = 1, 40 do
      world.clock = world.clock + 60000
      for _ = 1, 5 do
        visitor:say "/try"
      end
    end
    assert.is_true(#lines(world) <= 1100)
  end)
end)

describe("what a business has told", function()
  it("is seen as it was when the dialog began", function()
    local world = world_with 'local n = #business.list "service" chat:ask "?" chat:say("%d", n)'
    local visitor = demo.visitor(world)
    visitor:say "/try"
    world.store:commit(1, { table.pack("dataset.clear", demo.BOT) })
    world:crash()
    visitor:reconnect()
    assert.same({ "6" }, visitor:say "y")
  end)

  it("includes hours and holidays", function()
    local world = world_with(
      [[
  local at, words = business.next_opening()
  chat:say("%s %s", require("time").rfc3339(at), words)
  chat:say("%s %s", tostring(business.open_at()), tostring(business.open_at(at)))
  local day = business.hours_on "2026-12-24"
  chat:say("%d %s", #day.open, day.name)
  chat:say(business.holidays(40)[1].date)
  chat:say(require("json").encode(business.hours_on "2026-11-24".open))]],
      { clock = 1795503600000 }
    ) -- Tuesday 24 November 2026, 07:00 UTC
    local said = demo.visitor(world):say "/try"
    assert.is_truthy(said[1]:find "^2026%-11%-24T%d%d:%d%d:00.000Z today at")
    assert.equal("false true", said[2])
    assert.equal("0 Christmas Eve", said[3])
    assert.equal("2026-12-24", said[4])
    assert.is_truthy(said[5]:find '"from":"%d%d:%d%d"')
  end)
end)

describe("rating", function()
  it("takes stars and words, and is stored", function()
    local world = world_with 'chat:say("%d", chat:rating "How was it?")'
    local visitor = demo.visitor(world)
    local frames = visitor:send { type = "message", text = "/try" }
    local block = demo.of_type(frames, "message")[1].blocks[1]
    assert.same({ "rating", 5, "rating" }, { block.kind, block.max, block.form })
    assert.is_truthy(visitor:say("nine")[1]:find "from 1 to 5")
    world:crash()
    visitor:reconnect()
    local given = visitor:send { type = "form", form = "rating", fields = { rating = 4 } }
    assert.same({ "4" }, demo.texts(given))
    local row = world.store:all("submission", "id")[1]
    assert.same({ "rating", 4 }, { row.form, json.decode(row.fields).rating })
    assert.is_nil(steps_left(world) > 0 or nil)
  end)
end)
