-- The menu of commands: what it shows to whom, that what it does not show is
-- refused, and that each use is kept with its message.
local demo = require "tests.lua.demo"

local SCRIPT = [[
local bot = require "bot"
bot.command "basket" {
  title = { en = "My basket", de = "Mein Warenkorb" },
  group = { en = "Shop", de = "Laden" },
  words = { "basket" },
  say = "You have one thing in it.",
  when = { pages = "/shop/*" },
}
bot.command "night" { title = "Night service", say = "Call us.", when = { hours = "22:00-06:00" } }
bot.command "german" { title = "Nur auf Deutsch", say = "Ja.", when = { languages = "de" } }
bot.command "offer" { title = "My offer", say = "Here it is.", when = { lead = { "qualified", "won" } } }
bot.command "account" { title = "My account", say = "Yours.", when = { visitor = "known" } }
bot.command "queue" { title = "My place in the queue", say = "First.", when = { status = "waiting" } }
bot.command "secret" { title = "For the page", say = "Only sent.", hidden = true }
bot.menu "shop" { text = "Shop", items = { { label = "Basket", go = "basket" }, { label = "Stay", say = "Good." } } }
bot.command "shop" { title = "The shop", show = "shop" }
]]

local NOON = 1795604400000 -- Wednesday 2026-11-25 12:00 in Berlin

local function names(menu)
  local set = {}
  for _, command in ipairs(menu) do
    set[command.name] = command
  end
  return set
end

local function last_menu(frames)
  local menus = demo.of_type(frames, "menu")
  return menus[#menus] and names(menus[#menus].menu)
end

describe("the menu of commands", function()
  local world

  local function visitor(hello) return demo.visitor(world, hello) end

  before_each(function()
    world = demo.world { extra = { ["commands/extra.lua"] = SCRIPT }, clock = NOON }
    assert.is_nil(world:state(demo.TENANT).api.check())
  end)

  it("follows the page, the language and the hour", function()
    local ada = visitor { page = { url = "https://a.example/shop/shoes?size=40" } }
    local shown = names(ada.ready.bot.menu)
    assert.same({ name = "basket", title = "My basket", group = "Shop" }, shown.basket)
    assert.is_nil(shown.night or shown.german or shown.offer or shown.account or shown.queue or shown.secret)
    assert.is_true(ada.ready.bot.pages)
    assert.equal(
      "Laden",
      names(visitor({ locale = "de", page = { url = "https://a.example/shop/x" } }).ready.bot.menu).basket.group
    )
    assert.is_truthy(names(visitor({ locale = "de" }).ready.bot.menu).german)
    world.clock = NOON + 11 * 3600000
    assert.is_truthy(names(visitor().ready.bot.menu).night)
  end)

  it("says when it may change, and is asked for again", function()
    local ada = visitor()
    local wait = ada.ready.bot.refresh_ms
    assert.is_true(wait > 0 and wait <= 6 * 3600000 + 10001)
    world.clock = NOON + 10 * 3600000
    local frames = ada:send { type = "menu" }
    assert.is_truthy(last_menu(frames).night)
    assert.equal(1, #frames)
  end)

  it("is sent again when the visitor goes to another page", function()
    local ada = visitor { page = { url = "https://a.example/" } }
    assert.is_truthy(
      last_menu(ada:send { type = "page", page = { url = "https://a.example/shop/x" } }).basket
    )
    ada:say "basket"
    world:passivate() -- the page is remembered with the conversation
    assert.same({ "You have one thing in it." }, ada:say "/basket")
    assert.is_nil(last_menu(ada:send { type = "page", page = { url = "https://a.example/" } }).basket)
    assert.same({}, ada:send { type = "page", page = 7 }[2] or {})
  end)

  it("is sent again when the visitor becomes known, and when the team changes the lead", function()
    local ada = visitor()
    local frames =
      ada:send { type = "form", form = "lead", fields = { name = "Ada", email = "ada@a.example" } }
    local menu = last_menu(frames)
    assert.is_truthy(menu.account)
    assert.is_nil(menu.offer)
    for _, row in pairs(world.store.tables.followup) do
      row.status = "qualified"
    end
    world:post(demo.TENANT, "conversation", ada.conversation, "mail", "standing", 0)
    world:settle()
    assert.is_truthy(last_menu(world:take(ada.session)).offer)
    world:crash()
    ada:reconnect()
    assert.is_truthy(names(ada.ready.bot.menu).offer)
  end)

  it("is sent again when a person is asked for", function()
    local ada = visitor()
    assert.is_truthy(last_menu(ada:send { type = "command", name = "human" }).queue)
  end)

  it("is not sent when nothing has changed", function()
    local ada = visitor()
    assert.is_nil(last_menu(ada:send { type = "message", text = "hours" }))
  end)

  it("refuses politely what does not apply, by each way", function()
    local ada = visitor { page = { url = "https://a.example/" } }
    for _, frame in ipairs {
      { type = "command", name = "basket" },
      { type = "command", name = "basket", via = "clicked" },
      { type = "message", text = "/basket" },
      { type = "choice", value = "shop/basket" },
    } do
      local frames = ada:send(frame)
      local title = frame.type == "choice" and "Basket" or "My basket"
      assert.same({ ("“%s” is not available here at the moment."):format(title) }, demo.texts(frames))
      assert.is_nil(assert(last_menu(frames)).basket) -- the page had an old one
    end
    assert.same({}, demo.of_type(ada:send { type = "message", text = "basket" }, "menu")) -- a word like others
    assert.equal(0, #world.store:sent "command.used")
    for _, row in pairs(world.store.tables.message) do
      assert.is_nil(row.command)
    end
  end)

  it("leaves out menu items whose command does not apply", function()
    local ada = visitor { page = { url = "https://a.example/" } }
    local block = demo.of_type(ada:send { type = "command", name = "shop" }, "message")[1].blocks[1]
    assert.same({ "Stay" }, { block.items[1].label, block.items[2] and block.items[2].label })
  end)

  it("keeps each use with its message: which, how and when", function()
    local ada = visitor { page = { url = "https://a.example/shop/x" } }
    ada:say "/basket"
    ada:say "basket"
    ada:send { type = "choice", value = "shop/basket" }
    ada:send { type = "command", name = "basket", via = "page" }
    ada:send { type = "command", name = "basket" }
    ada:send { type = "command", name = "basket", via = "typed" }
    ada:send { type = "command", name = "secret", via = "anything", used = "forged", how = "forged" }
    ada:send { type = "choice", value = "shop/stay" } -- an item without a command
    ada:say "something else entirely"
    local found = {}
    for _, row in ipairs(world.store:all("message", "seq")) do
      if row.command then found[#found + 1] = row.command .. " " .. row.how end
    end
    assert.same({
      "basket typed",
      "basket words",
      "basket clicked",
      "basket page",
      "basket clicked",
      "basket typed",
      "secret clicked",
    }, found)
  end)

  it("counts a message that is sent twice once", function()
    local ada = visitor()
    for _ = 1, 2 do
      ada:send { type = "command", name = "hours", cid = "same" }
    end
    local uses = 0
    for _, row in pairs(world.store.tables.message) do
      if row.command then uses = uses + 1 end
    end
    assert.equal(1, uses)
  end)
end)
