-- A conversation takes so many messages at once and no more.
local demo = require "tests.lua.demo"

describe("the pace of a conversation", function()
  local world, visitor

  before_each(function()
    world = demo.world { settings = {} }
    visitor = demo.visitor(world)
  end)

  local function send(i) return visitor:send({ type = "message", text = "menu", cid = "c" .. i })[1] end

  it("lets a burst through, then asks to wait", function()
    for i = 1, 100 do
      assert.equal("ack", send(i).type)
    end
    local refused = send(101)
    assert.equal("error", refused.type)
    assert.equal("rate_limited", refused.code)
    assert.equal("c101", refused.cid)
    assert.equal(50, refused.retry_after_ms)
    assert.equal(200, #world.store:all("message", "seq")) -- nothing of it is stored
    world.clock = world.clock + 50
    assert.equal("ack", send(101).type)
    assert.equal("error", send(102).type)
  end)

  it("answers a repeated cid all the same", function()
    for i = 1, 101 do
      send(i)
    end
    assert.equal("ack", send(100).type)
  end)

  it("refuses a post with the time to wait", function()
    for i = 1, 100 do
      send(i)
    end
    local exchange = world:request {
      method = "POST",
      path = "/v1/chat/messages",
      body = '{"type":"message","text":"menu","cid":"p"}',
      query = "bot=pk_demo&conversation=" .. visitor.conversation,
      headers = { origin = "http://localhost:8080", authorization = "Bearer " .. visitor.token },
    }
    assert.equal(429, exchange.status)
    assert.equal("1", exchange.headers["retry-after"])
  end)

  it("has no limit in test mode", function()
    world = demo.world { settings = { test_mode = "1" } }
    visitor = demo.visitor(world)
    for i = 1, 150 do
      assert.equal("ack", send(i).type)
    end
  end)
end)
