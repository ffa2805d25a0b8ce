-- What a visitor may end: the conversation, and everything known of them.
local demo = require "tests.lua.demo"

local function count(world, name, order) return #world.store:all(name, order or "id") end

describe("a visitor", function()
  local world, visitor

  before_each(function()
    world = demo.world()
    visitor = demo.visitor(world)
  end)

  it("ends the conversation and opens it again by saying something", function()
    visitor:say "menu"
    assert.same({ { type = "status", conversation = "closed" } }, visitor:send { type = "close" })
    assert.equal("closed", world.store:all("conversation", "id")[1].status)
    assert.equal(1, #world.store:sent "conversation.closed")
    assert.same({}, visitor:send { type = "close" })
    visitor:say "menu"
    assert.equal("bot", world.store:all("conversation", "id")[1].status)
  end)

  it("is forgotten: every row goes, and the token brings nobody back", function()
    visitor:say "menu"
    local other = demo.visitor(world)
    other:say "menu"
    local frames = visitor:send { type = "forget" }
    assert.equal("forgotten", frames[1].type)
    assert.equal(1, count(world, "conversation"))
    assert.equal(2, count(world, "message", "seq"))
    assert.equal(1, #world.store:sent "visitor.erased")
    local was = visitor.ready.visitor
    visitor:reconnect()
    assert.not_equal(was, visitor.ready.visitor)
    assert.equal(0, visitor.ready.seq)
  end)

  it("rates the conversation, which stays as it is", function()
    visitor:say "menu"
    visitor:send { type = "close" }
    local frames = visitor:send { type = "form", form = "rating", fields = { rating = 4 }, cid = "r" }
    assert.same({ { type = "ack", cid = "r", seq = 3 } }, frames)
    assert.equal('{"rating":4}', world.store:all("submission", "id")[1].fields)
    assert.equal("closed", world.store:all("conversation", "id")[1].status)
    visitor:send { type = "form", form = "rating", fields = { rating = 4000000 } }
    assert.equal(1, count(world, "submission"))
  end)

  it("switches the bot's language", function()
    visitor:say "menu"
    visitor:send { type = "locale", locale = "de-AT" }
    assert.equal("Wie kann ich Ihnen helfen?", visitor:say("menu")[1])
    assert.same({}, visitor:send { type = "locale", locale = "xx" })
  end)
end)
