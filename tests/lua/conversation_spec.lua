-- The visitor channel as clients see it: numbering, acknowledgement, repeats,
-- reconnects, faults.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

local function rows(world, name) return world.store:all(name, name == "message" and "seq" or "id") end

describe("a conversation", function()
  local world, visitor

  before_each(function()
    world = demo.world()
    visitor = demo.visitor(world)
  end)

  it("greets without writing anything", function()
    assert.equal(0, visitor.ready.seq)
    assert.is_false(visitor.ready.resumed)
    assert.equal("Lindenhof", visitor.ready.bot.name)
    assert.equal("hours", visitor.ready.bot.menu[1].name)
    assert.equal(0, #rows(world, "conversation"))
  end)

  it("acknowledges first, then answers, with growing numbers", function()
    local frames = visitor:send { type = "message", text = "menu", cid = "a" }
    assert.same({ type = "ack", cid = "a", seq = 1 }, frames[1])
    assert.equal("message", frames[2].type)
    assert.equal(2, frames[2].seq)
    assert.equal(1, frames[2].re)
    assert.equal("menu", frames[2].blocks[1].kind)
    assert.equal(3, visitor:send({ type = "message", text = "menu" })[1].seq)
  end)

  it("writes two rows for a plain turn", function()
    visitor:say "menu"
    local before, batches = world.store.rows, world.store.batches
    visitor:say "menu"
    assert.equal(2, world.store.rows - before)
    assert.equal(1, world.store.batches - batches)
  end)

  it("takes nothing from a frame that is the platform's to say", function()
    visitor:send {
      type = "message",
      text = "menu",
      shown = "forged",
      blocks = '[{"kind":"image","url":"https://evil.example/"}]',
      file = { id = "file_x", name = "x" },
      exchange = 1,
    }
    assert.equal('[{"kind":"text","text":"menu"}]', rows(world, "message")[1].body)
    visitor:send { type = "choice", value = "what?", text = { 1 } }
    assert.equal('[{"kind":"text","text":"what?"}]', rows(world, "message")[3].body)
  end)

  it("gives a repeated cid the same ack and no second effect", function()
    local first = visitor:send { type = "message", text = "menu", cid = "same" }
    local again = visitor:send { type = "message", text = "menu", cid = "same" }
    assert.same({ first[1] }, again)
    assert.equal(2, #rows(world, "message"))
  end)

  it("acks a cid that was stored before a crash", function()
    local first = visitor:send { type = "message", text = "menu", cid = "same" }
    for i = 1, 6 do
      visitor:send { type = "message", text = "menu", cid = "other" .. i }
    end
    world:crash()
    visitor.last = 100 -- nothing is missed, so nothing of it is remembered either
    visitor:reconnect()
    local again = visitor:send { type = "message", text = "menu", cid = "same" }
    assert.same(first[1], again[1])
    assert.equal(15, #again) -- and all from that message on: no page knows whether it was shown
    assert.equal(14, #rows(world, "message"))
  end)

  it("sends what was missed after a reconnect, in order", function()
    visitor:say "menu"
    visitor.last = 1
    world:crash()
    local missed = visitor:reconnect()
    assert.equal(1, #missed)
    assert.equal(2, missed[1].seq)
    assert.is_true(visitor.ready.resumed)
    assert.equal(2, visitor.ready.seq)
  end)

  it("sends the whole history to a page that knows nothing but its token", function()
    visitor:say "menu"
    local other = demo.visitor(world, { visitor = visitor.token })
    assert.equal(visitor.conversation, other.conversation)
    assert.equal(2, other.last)
  end)

  it("shows a message to the visitor's other window", function()
    visitor:say "menu"
    local other = demo.visitor(world, { visitor = visitor.token })
    visitor:say "hours"
    local frames = world:take(other.session)
    assert.equal("visitor", frames[1].from)
    assert.equal(3, frames[1].seq)
    assert.equal("bot", frames[2].from)
  end)

  it("does not let a stranger in", function()
    visitor:say "menu"
    local stranger = demo.visitor(world, { conversation = visitor.conversation })
    assert.is_true(stranger.conversation ~= visitor.conversation)
    local forged =
      demo.visitor(world, { visitor = visitor.token .. "x", conversation = visitor.conversation })
    assert.is_true(forged.conversation ~= visitor.conversation)
  end)

  it("finds its first message again when the line broke before the ack", function()
    visitor:send { type = "message", text = "menu", cid = "first" }
    world:crash()
    visitor:reconnect()
    local again = visitor:send { type = "message", text = "menu", cid = "first" }
    assert.same({ type = "ack", cid = "first", seq = 1 }, again[1])
    assert.equal(2, again[3].seq) -- the answer that was never shown
    assert.equal(1, again[3].re)
  end)

  it("goes on from the store when the actor left memory", function()
    visitor:say "menu"
    world:passivate()
    assert.equal(3, visitor:send({ type = "message", text = "menu" })[1].seq)
  end)

  it("keeps a visitor who has said nothing yet when the actor left memory", function()
    world:passivate()
    assert.equal(1, visitor:send({ type = "message", text = "menu" })[1].seq)
  end)

  it("says so when the store is away, and recovers", function()
    visitor:say "menu"
    world.store.down = true
    local frames = visitor:send { type = "message", text = "menu", cid = "lost" }
    assert.equal(1, #frames)
    assert.equal("error", frames[1].type)
    assert.equal("unavailable", frames[1].code)
    assert.equal("lost", frames[1].cid)
    assert.is_true(frames[1].retry_after_ms > 0)
    world.store.down = false
    assert.equal(3, visitor:send({ type = "message", text = "menu", cid = "lost" })[1].seq)
  end)

  it("answers bad frames and closes after five in a row", function()
    for i, bad in ipairs { "{", "[1]", '{"type":"nonsense"}', '{"type":"message","cid":"","text":"x"}' } do
      world:send(visitor.session, bad)
      local frames = world:take(visitor.session)
      assert.equal("error", frames[1] and frames[1].type, i)
    end
    visitor:say "menu" -- a good one starts the count again
    for _ = 1, 4 do
      world:send(visitor.session, "{")
    end
    assert.is_nil(visitor.session.closed)
    world:send(visitor.session, '{"type":7}')
    assert.equal(1008, visitor.session.code)
  end)

  it("refuses long cids and texts, and takes those that just fit", function()
    local function code(frame) return (visitor:send(frame)[1] or {}).code end
    assert.equal("bad_cid", code { type = "message", text = "menu", cid = ("c"):rep(65) })
    assert.is_nil(code { type = "message", text = "menu", cid = ("c"):rep(64) })
    assert.equal("too_long", code { type = "message", text = ("ä"):rep(4001) })
    assert.is_nil(code { type = "message", text = ("ä"):rep(4000) })
    assert.equal("empty", code { type = "message", text = " \n " })
  end)

  it("does not let a frame name another's exchange or session", function()
    local frames =
      visitor:send { type = "message", text = "menu", exchange = 1, session = 99, shown = "forged" }
    assert.equal("ack", frames[1].type)
    assert.equal("menu", json.decode(rows(world, "message")[1].body)[1].text)
    assert.equal(101, world.exchanges[1].status)
  end)

  it("answers ping and ignores the other signals", function()
    assert.same({ { type = "pong" } }, visitor:send { type = "ping" })
    assert.same({}, visitor:send { type = "typing" })
    assert.same({}, visitor:send { type = "read", seq = 3 })
    assert.same({}, visitor:send { type = "event", name = "widget.opened", data = {} })
    assert.equal(0, #rows(world, "message"))
  end)

  it("understands choices, commands and labels", function()
    local function texts(frame) return table.concat(demo.texts(visitor:send(frame)), "|") end
    assert.is_truthy(texts({ type = "choice", value = "main/contact-and-directions" }):find "Lindenstraße")
    assert.is_truthy(texts({ type = "command", name = "contact", args = {} }):find "Lindenstraße")
    assert.is_truthy(texts({ type = "message", text = "Contact and directions" }):find "Lindenstraße")
    assert.is_truthy(
      texts({ type = "message", text = "/nothing" }):find "do not know the command “/nothing”"
    )
    assert.is_truthy(texts({ type = "form", form = "old", fields = {} }):find "no longer open")
    assert.equal("Contact and directions", json.decode(rows(world, "message")[1].body)[1].text)
  end)

  it("writes nothing in a test conversation", function()
    local session = demo.connect(world, "/v1/test/chat")
    world:take(session)
    local before = world.store.rows
    for i = 1, 3 do
      world:send(session, { type = "message", cid = "e" .. i, text = "menu" })
      local frames = world:take(session)
      assert.equal(2 * i - 1, frames[1].seq)
      assert.equal("menu", frames[2].blocks[1].kind)
    end
    assert.equal(before, world.store.rows)
  end)
end)

describe("misses", function()
  it("go from another wording to the menu to a person", function()
    local world = demo.world { clock = 1795610700000 } -- Wednesday noon in Berlin: open
    local visitor = demo.visitor(world)
    assert.is_truthy(visitor:say("xyzzy")[1]:find "another way")
    world:crash() -- the count survives
    visitor:reconnect()
    assert.equal("How can I help you?", visitor:say("plugh")[1])
    assert.is_truthy(visitor:say("frotz")[1]:find "I have told the team")
    visitor:say "menu"
    assert.is_truthy(visitor:say("xyzzy")[1]:find "another way")
  end)
end)
