-- What the bot does when it hears nothing more, on a clock that only the spec moves.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"

local MINUTE = 60000
local INACTIVITY = '"inactivity": { "after_minutes": 10, "say": { "en": "Are you still there?" }, '
  .. '"close_after_minutes": 30 }'

local function world_of(setting)
  local dataset, count =
    files.read("scripts/demo/demo.json"):gsub('"bot": {', '"bot": { ' .. setting .. ",", 1)
  assert(count == 1)
  return demo.world { dataset = dataset }
end

describe("a visitor who goes quiet", function()
  local world, visitor

  local function wait(minutes)
    world.clock = world.clock + minutes * MINUTE
    world:post(0, "jobs", "claimer", "mail", "wake")
    world:settle()
    local frames = world:take(visitor.session)
    visitor:note(frames)
    return frames
  end

  local function said(frames) return table.concat(demo.texts(frames), "|") end

  before_each(function()
    world = world_of(INACTIVITY)
    visitor = demo.visitor(world)
    visitor:say "menu"
  end)

  it("is asked once, and later the conversation ends", function()
    assert.equal("", said(wait(9)))
    assert.equal("Are you still there?", said(wait(1)))
    assert.equal("", said(wait(19)))
    assert.same({ { type = "status", conversation = "closed" } }, wait(1))
    assert.equal(1, #world.store:sent "conversation.closed")
    assert.same({}, wait(600))
  end)

  it("is measured from the last word", function()
    wait(9)
    visitor:say "menu"
    assert.equal("", said(wait(9)))
    assert.equal("Are you still there?", said(wait(1)))
    visitor:say "menu"
    assert.equal("", said(wait(9)))
    assert.equal("Are you still there?", said(wait(1))) -- another silence
  end)

  it("is remembered through kill -9", function()
    world:crash()
    visitor:reconnect()
    assert.equal("Are you still there?", said(wait(10)))
    world:crash()
    visitor:reconnect()
    wait(20)
    assert.equal("closed", world.store:all("conversation", "id")[1].status)
  end)

  it("is left alone while a person is wanted", function()
    visitor:say "human"
    assert.equal("", said(wait(60)))
    assert.equal("waiting", world.store:all("conversation", "id")[1].status)
  end)

  it("ends a dialog that waits for an answer, too", function()
    visitor:send { type = "command", name = "ticket" }
    assert.equal("Are you still there?", said(wait(10)))
    wait(20)
    assert.equal("closed", world.store:all("conversation", "id")[1].status)
    assert.equal("menu", visitor:send({ type = "message", text = "menu" })[3].blocks[1].kind)
  end)

  it("hears nothing where no rule is set", function()
    world = demo.world()
    visitor = demo.visitor(world)
    visitor:say "menu"
    assert.same({}, wait(600))
    assert.equal(0, #world.store:all("outbox", "id"))
  end)
end)

describe("a bot without history", function()
  it("goes on with what is under way, and begins anew with the next visit", function()
    local world = world_of '"history": false'
    local visitor = demo.visitor(world)
    visitor:say "menu"
    local first, token = visitor.conversation, visitor.token
    visitor:reconnect()
    assert.equal(first, visitor.conversation)
    world.clock = world.clock + 31 * MINUTE
    local later = demo.visitor(world, { visitor = token, conversation = first, after = 2 })
    assert.not_equal(first, later.conversation)
    assert.equal(0, later.ready.seq)
  end)
end)

describe("the language of a conversation", function()
  local world, visitor

  before_each(function()
    world = demo.world()
    visitor = demo.visitor(world)
  end)

  it("follows what is typed at first", function()
    assert.equal("How can I help you?", visitor:say("menu")[1])
    visitor:say "Wann haben Sie am Sonntag geöffnet?"
    assert.equal("Wie kann ich Ihnen helfen?", visitor:say("menu")[1])
    visitor:say "when are you open on Sunday?"
    assert.equal("How can I help you?", visitor:say("menu")[1])
  end)

  it("stays what the visitor has chosen", function()
    for _, choose in ipairs {
      { type = "locale", locale = "de-AT" },
      { type = "message", text = "/language de" },
      { type = "command", name = "language", args = { text = "de" } },
    } do
      visitor = demo.visitor(world)
      visitor:send(choose)
      visitor:say "when are you open on Sunday?"
      assert.equal("Wie kann ich Ihnen helfen?", visitor:say("menu")[1])
    end
  end)

  it("is one that the bot speaks", function()
    visitor:say "Bonjour, quand est-ce que vous avez une table ?"
    assert.equal("How can I help you?", visitor:say("menu")[1])
    assert.same({}, visitor:send { type = "locale", locale = "fr" })
  end)

  it("is the business's own where it has words in it", function()
    local dataset = files
      .read("scripts/demo/demo.json")
      :gsub('"locales": %["en", "de"%]', '"locales": ["en", "de", "fr"]', 1)
    world = demo.world { dataset = dataset }
    visitor = demo.visitor(world, { locale = "fr-CA" })
    assert.equal("fr", visitor.ready.bot.locale)
    visitor = demo.visitor(world)
    visitor:say "Bonjour, quand est-ce que vous avez une table ?"
    assert.same({}, demo.of_type(visitor:send { type = "message", text = "menu" }, "error"))
  end)
end)
