-- A bot's own scripts over the stock ones, and what a publish does to
-- conversations that are under way.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local BOT = 'local bot = require "bot"\n'

-- What `azentiko script publish` writes, and the news of it.
local function publish(world, number, version, options)
  options = options or {}
  local release = options.release or number
  local batch = {}
  if version then
    local text = json.encode(version)
    batch[1] = table.pack("script.version_put", demo.BOT, number, "h" .. number, text, "ada", "", world.clock)
  end
  batch[#batch + 1] = table.pack(
    "script.release_put",
    demo.BOT,
    release,
    options.kind or "publish",
    options.main or number,
    options.trial or 0,
    options.share or 0,
    options.arm or 0,
    "ada",
    "",
    world.clock
  )
  assert(world.store:commit(demo.TENANT, batch))
  world:post(demo.TENANT, "tenant", "tenant", "mail", "scripts " .. demo.BOT)
  world:settle()
end

local function command(name, say)
  return BOT .. ("bot.command %q { title = %q, say = %q }"):format(name, name, say)
end

local function errors_of(world)
  local list = {}
  for _, line in ipairs(world.log) do
    if line.level == "error" then list[#list + 1] = line.message end
  end
  return table.concat(list, "\n")
end

local ASKS = [[
bot.command "order" { title = "Order", run = function(chat)
  local what = chat:ask_text "%s: what?"
  local many = chat:ask_number "%s: how many?"
  chat:say("%s: %%d %%s", many, what)
end }]]

local function order(version) return BOT .. (ASKS:gsub("%%s", version, 3):gsub("%%%%", "%%")) end

-- A version that holds much more in memory than in the store.
local function heavy(version)
  return {
    ["commands/order.lua"] = order(version),
    ["commands/heavy.lua"] = BOT
      .. "local held = {} for i = 1, 2000 do held[i] = { i } end\n"
      .. ("bot.command 'heavy' { title = 'Heavy', run = function(chat) chat:say('%s %%d', #held) end }"):format(
        version
      ),
  }
end

local function kilobytes()
  collectgarbage()
  collectgarbage()
  return collectgarbage "count"
end

describe("a bot's own scripts", function()
  it("give their memory back with the last dialog on them", function()
    local world, visitors = demo.world(), {}
    publish(world, 1, heavy "1")
    local last = demo.visitor(world)
    last:say "/heavy"
    local before = kilobytes()
    for i = 1, 50 do
      visitors[i] = demo.visitor(world)
      visitors[i]:say "/order" -- waits on this version
      publish(world, i + 1, heavy(tostring(i + 1)))
    end
    local held = kilobytes() - before
    assert.is_true(held > 50 * 100, "each version is in memory: " .. held)
    for i = 1, 50 do
      assert.same({ i .. ": how many?" }, visitors[i]:say "pizza")
      assert.same({ i .. ": 2 pizza" }, visitors[i]:say "2")
    end
    assert.same({ "51 2000" }, last:say "/heavy")
    world.log = {}
    local left = kilobytes() - before
    assert.is_true(left < held / 10, ("%.0f KB held, %.0f KB left"):format(held, left))
  end)

  it("are turned off when the engine says that they misbehave", function()
    local world = demo.world()
    publish(world, 1, { ["commands/hours.lua"] = command("hours", "Always open.") })
    local visitor = demo.visitor(world)
    assert.same({ "Always open." }, visitor:say "/hours")
    local who = "misbehaved conversation " .. visitor.ready.conversation .. " its memory stays full"
    world:post(demo.TENANT, "tenant", "self", "mail", who)
    world:settle()
    assert.is_truthy(demo.visitor(world):say("/hours")[1] ~= "Always open.")
    assert.is_truthy(errors_of(world):find("its memory stays full", 1, true))
    local releases = world.store:all("script_release", "number")
    local last = releases[#releases]
    assert.same({ "off", 0, 0 }, { last.kind, last.main, last.trial })
    assert.equal(1, #world.store:sent "script.failed")
    world:post(demo.TENANT, "tenant", "self", "mail", who) -- nothing of the client's is live any more
    world:settle()
    assert.equal(#releases, #world.store:all("script_release", "number"))
  end)

  it("lie over the stock ones", function()
    local world = demo.world()
    publish(world, 1, {
      ["commands/hours.lua"] = command("hours", "Always open."),
      ["commands/pizza.lua"] = BOT
        .. 'bot.command "pizza" { title = "Pizza", words = { "margherita" }, say = "A pizza!" }',
      ["rules/fallback.lua"] = BOT .. 'bot.fallback { { after = 1, say = "Pardon?" } }',
      ["menus/main.lua"] = BOT
        .. 'bot.menu "main" { text = "Mine", items = { { label = "Pizza", go = "pizza" } } }',
    })
    local visitor = demo.visitor(world)
    assert.same({ "Always open." }, visitor:say "/hours")
    assert.same({ "A pizza!" }, visitor:say "margherita")
    assert.same({ "Pardon?" }, visitor:say "xyzzy")
    assert.same({ "Mine" }, visitor:say "/menu")
    assert.is_truthy(visitor:say("/contact")[1]) -- the stock's shows through
    assert.equal("pizza", visitor.ready.bot.menu[1].name)
    assert.equal(1, world.store:all("conversation", "id")[1].version)
    assert.equal("", errors_of(world))
  end)

  it("leave nothing of a stock command that they replace", function()
    local world = demo.world()
    local stock = demo.visitor(world)
    assert.is_truthy(stock:say("opening hours")[1])
    publish(world, 1, { ["commands/hours.lua"] = command("hours", "Always open.") })
    assert.same({ "Always open." }, demo.visitor(world):say "/hours")
  end)

  it("belong to one bot and to one tenant", function()
    local world = demo.world()
    local other = "bot_01000000000000000000000002"
    assert(
      world.store:commit(
        2,
        { table.pack("bot.create", other, "pk_two", "two", "Two", "{}", '["localhost"]', world.clock) }
      )
    )
    publish(world, 1, { ["commands/pizza.lua"] = command("pizza", "A pizza!") })
    assert.same({ "A pizza!" }, demo.visitor(world):say "/pizza")
    local exchange = world:request {
      method = "GET",
      path = "/v1/chat",
      query = "bot=pk_two",
      headers = { upgrade = "websocket", origin = "http://localhost:8080" },
    }
    world:send(exchange.session, { type = "hello" })
    world:take(exchange.session)
    world:send(exchange.session, { type = "message", cid = "1", text = "/pizza" })
    assert.is_nil(table.concat(demo.texts(world:take(exchange.session))):find "A pizza!")
  end)

  it("see no file and no module of the host", function()
    local world = demo.world()
    publish(world, 1, { ["commands/a.lua"] = 'local host = require "host"' })
    demo.visitor(world):say "/hours"
    assert.is_truthy(errors_of(world):find("commands/a.lua:1: module 'host' is not available", 1, true))
  end)
end)

describe("a publish", function()
  it("reaches a conversation that is open between two messages", function()
    local world = demo.world()
    local visitor = demo.visitor(world)
    assert.is_truthy(visitor:say("/pizza")[1]:find "pizza")
    publish(world, 1, { ["commands/pizza.lua"] = command("pizza", "One.") })
    assert.same({ "One." }, visitor:say "/pizza")
    publish(world, 2, { ["commands/pizza.lua"] = command("pizza", "Two.") })
    assert.same({ "Two." }, visitor:say "/pizza")
    publish(world, 1, nil, { release = 3, kind = "rollback" })
    assert.same({ "One." }, visitor:say "/pizza")
  end)

  for _, how in ipairs { "stays in memory", "passivate", "crash" } do
    it("leaves a running dialog on its version when it " .. how, function()
      local world = demo.world()
      publish(world, 1, { ["commands/order.lua"] = order "one" })
      local visitor = demo.visitor(world)
      assert.same({ "one: what?" }, visitor:say "/order")
      publish(world, 2, { ["commands/order.lua"] = order "two" })
      if world[how] then world[how](world) end
      if how == "crash" then visitor:reconnect() end
      assert.same({ "one: how many?" }, visitor:say "pizza")
      assert.same({ "one: 2 pizza" }, visitor:say "2")
      assert.same({ "two: what?" }, visitor:say "/order")
      assert.equal("", errors_of(world))
      assert.equal(1, world.store:all("dialog", "dialog")[1].version)
    end)
  end

  it("of a version that does not load falls back to the one before, with a report", function()
    local world = demo.world()
    publish(world, 1, { ["commands/pizza.lua"] = command("pizza", "One.") })
    publish(world, 2, { ["commands/pizza.lua"] = BOT .. "bot.command(" })
    assert.same({ "One." }, demo.visitor(world):say "/pizza")
    assert.is_truthy(errors_of(world):find "scripts failed: commands/pizza.lua:2")
    local event = world.store:sent("script.failed")[1]
    assert.equal(2, json.decode(event.body).data.version)
  end)

  it("whose news comes while the store is away is followed later", function()
    local world = demo.world()
    local visitor = demo.visitor(world)
    visitor:say "/hours"
    world.store.down = true
    world:post(demo.TENANT, "tenant", "tenant", "mail", "scripts " .. demo.BOT)
    world:settle()
    world.store.down = false
    publish(world, 1, { ["commands/pizza.lua"] = command("pizza", "One.") })
    assert.same({ "One." }, visitor:say "/pizza")
    assert.equal(1000, world:actor(demo.TENANT, "tenant", "tenant").timers[demo.BOT])
  end)
end)

describe("a trial", function()
  local function world_with_trial(share)
    local world = demo.world()
    publish(world, 1, { ["commands/pizza.lua"] = command("pizza", "One.") })
    publish(
      world,
      2,
      { ["commands/pizza.lua"] = command("pizza", "Two.") },
      { main = 1, trial = 2, share = share, arm = 2 }
    )
    return world
  end

  it("gets its share of new conversations, and they keep it", function()
    local world = world_with_trial(30)
    local two, last = 0, nil
    for _ = 1, 200 do
      local visitor = demo.visitor(world)
      if visitor:say("/pizza")[1] == "Two." then
        two, last = two + 1, visitor
      end
    end
    assert.is_true(two > 35 and two < 85, two)
    world:crash()
    last:reconnect()
    assert.same({ "Two." }, last:say "/pizza")
    publish(world, 1, nil, { release = 3, kind = "rollback" })
    assert.same({ "One." }, last:say "/pizza")
  end)

  it("leaves conversations alone that began before it", function()
    local world = demo.world()
    publish(world, 1, { ["commands/pizza.lua"] = command("pizza", "One.") })
    local visitor = demo.visitor(world)
    assert.same({ "One." }, visitor:say "/pizza")
    publish(
      world,
      2,
      { ["commands/pizza.lua"] = command("pizza", "Two.") },
      { main = 1, trial = 2, share = 100, arm = 2 }
    )
    assert.same({ "One." }, visitor:say "/pizza")
    assert.same({ "Two." }, demo.visitor(world):say "/pizza")
  end)
end)

describe("what a replay needs", function()
  it("is kept with the message only where the shown text does not say it", function()
    local world = demo.world { extra = { ["commands/order.lua"] = order "one" } }
    local visitor = demo.visitor(world, { locale = "de" })
    visitor:say "hallo"
    visitor:say "/hours"
    visitor:send { type = "command", name = "contact", args = {} }
    local inputs = {}
    for _, row in ipairs(world.store:all("message", "seq")) do
      if row.sender == "visitor" then inputs[#inputs + 1] = row.input or "-" end
    end
    assert.same({ l = "de" }, json.decode(inputs[1]))
    assert.equal("-", inputs[2])
    assert.same({ type = "command", name = "contact", args = {} }, json.decode(inputs[3]))
  end)

  it("is kept of a command that drew a random number and asked nothing", function()
    local dice = BOT
      .. 'bot.command "dice" { title = "D", run = function(chat) chat:say("%d", chat:random(1, 6)) end }'
    local world = demo.world { extra = { ["commands/dice.lua"] = dice } }
    demo.visitor(world):say "/dice"
    local row = world.store:all("dialog", "dialog")[1]
    assert.equal("dice", row.command)
    assert.equal("random", json.decode(row.steps)[1][1])
  end)
end)

describe("a reload of the stock scripts", function()
  it("keeps a bot's own and its dialogs on both their versions", function()
    local world = demo.world()
    publish(world, 1, { ["commands/order.lua"] = order "one" })
    local visitor = demo.visitor(world)
    visitor:say "/order"
    local before = {}
    for path, source in pairs(world.files) do
      if not path:find "_test%.lua$" and path:find "^%l+/" then before[path] = source end
    end
    assert(world.store:commit(0, { table.pack("bundle.put", world.version, json.encode(before), 1) }))
    world:reload(files.scripts(), "v2")
    world:passivate()
    publish(world, 2, { ["commands/order.lua"] = order "two" })
    assert.same({ "one: how many?" }, visitor:say "pizza")
    assert.same({ "one: 2 pizza" }, visitor:say "2")
    assert.same({ "two: what?" }, visitor:say "/order")
    assert.equal("", errors_of(world))
  end)
end)
