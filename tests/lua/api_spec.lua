-- The HTTP side of the visitor channel: routes, origins, POST and events.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

local function get(world, path, query, headers)
  headers = headers or {}
  headers.origin = headers.origin or "http://localhost:8080"
  return world:request { method = "GET", path = path, query = query, headers = headers }
end

local function code(exchange) return exchange.body and json.decode(exchange.body).code end

describe("the visitor's HTTP API", function()
  local world

  before_each(function() world = demo.world() end)

  it("answers problems for what is not there", function()
    assert.equal("not_found", code(get(world, "/v1/nothing")))
    local exchange = world:request { method = "PUT", path = "/v1/chat" }
    assert.equal(405, exchange.status)
    assert.equal("GET", exchange.headers.allow)
    assert.equal("application/problem+json", exchange.headers["content-type"])
    assert.equal("bot_not_found", code(get(world, "/v1/chat", "bot=pk_nobody")))
    assert.equal("bot_not_found", code(get(world, "/v1/chat")))
    assert.equal("unknown_parameter", code(get(world, "/v1/chat", "bot=pk_demo&debug=1")))
    assert.equal("bad_query", code(get(world, "/v1/chat", "bot=pk_demo&bot=pk_demo")))
    assert.equal("bad_query", code(get(world, "/v1/chat", "bot=%ff")))
    assert.equal("upgrade_required", code(get(world, "/v1/chat", "bot=pk_demo")))
  end)

  it("lets only allowed origins in", function()
    local cases = {
      { "http://localhost", true },
      { "http://localhost:3000", true },
      { "https://lindenhof.example", true },
      { "https://www.lindenhof.example", true },
      { "https://evil.example", false },
      { "https://lindenhof.example.evil.example", false },
      { "https://evillindenhof.example", false },
      { "null", false },
      { "file://", false },
      { "https://user@localhost/", false },
    }
    for _, case in ipairs(cases) do
      local exchange = get(world, "/v1/chat", "bot=pk_demo", { origin = case[1], upgrade = "websocket" })
      assert.equal(case[2], exchange.session ~= nil, case[1])
      if not case[2] then assert.equal("origin_not_allowed", code(exchange)) end
    end
  end)

  it("allows no origin when no domain is listed", function()
    local bot = world.store.tables.bot
    for _, row in pairs(bot) do
      row.domains = "[]"
    end
    assert.equal("origin_not_allowed", code(get(world, "/v1/chat", "bot=pk_demo", { upgrade = "websocket" })))
  end)

  it("tells a page about the bot", function()
    local body = json.decode(get(world, "/v1/chat/config", "bot=pk_demo&locale=de-DE").body)
    assert.equal("Lindenhof", body.name)
    assert.equal("de", body.locale)
    assert.is_truthy(body.greeting:find "Willkommen")
  end)

  it("says 503 while the store is away, but still knows bots it has just seen", function()
    world.store.down = true
    local exchange = get(world, "/v1/chat/config", "bot=pk_demo")
    assert.equal(503, exchange.status)
    world.store.down = false
    get(world, "/v1/chat/config", "bot=pk_demo")
    world.store.down = true
    world.clock = world.clock + 60000
    assert.equal(200, get(world, "/v1/chat/config", "bot=pk_demo").status)
  end)

  it("opens the test conversation in test mode only", function()
    assert.is_truthy(get(world, "/v1/test/chat", "bot=pk_demo", { upgrade = "websocket" }).session)
    world.settings = {}
    assert.equal(404, get(world, "/v1/test/chat", "bot=pk_demo", { upgrade = "websocket" }).status)
  end)
end)

describe("the chat without sockets", function()
  local world, stream, ready

  before_each(function()
    world = demo.world()
    stream = get(world, "/v1/chat/events", "bot=pk_demo&locale=en").session
    ready = world:take(stream)[1]
  end)

  local function post(frame, options)
    options = options or {}
    return world:request {
      method = "POST",
      path = "/v1/chat/messages",
      body = type(frame) == "table" and json.encode(frame) or frame,
      query = "bot=pk_demo&conversation=" .. (options.conversation or ready.conversation),
      headers = {
        origin = "http://localhost:8080",
        authorization = "Bearer " .. (options.token or ready.visitor),
        ["idempotency-key"] = options.key,
      },
    }
  end

  it("acknowledges by POST and answers by event", function()
    local exchange = post { type = "message", cid = "a", text = "menu" }
    assert.equal(200, exchange.status)
    assert.same({ type = "ack", cid = "a", seq = 1 }, json.decode(exchange.body))
    local frames = world:take(stream)
    assert.equal("visitor", frames[1].from)
    assert.equal("menu", frames[2].blocks[1].kind)
  end)

  it("takes the Idempotency-Key as cid and repeats its answer", function()
    local first = post({ type = "message", text = "menu" }, { key = "k1" })
    local again = post({ type = "message", text = "menu" }, { key = "k1" })
    assert.equal(first.body, again.body)
    world:crash()
    for i = 1, 5 do
      post({ type = "message", text = "menu" }, { key = "other" .. i })
    end
    world:passivate()
    assert.equal(first.body, post({ type = "message", text = "menu" }, { key = "k1" }).body)
    assert.equal(422, post({ type = "message", cid = "k2", text = "menu" }, { key = "k1" }).status)
  end)

  it("resumes the stream after the last event", function()
    post { type = "message", cid = "a", text = "menu" }
    local path = "bot=pk_demo&visitor=" .. ready.visitor .. "&conversation=" .. ready.conversation
    local session = get(world, "/v1/chat/events", path, { ["last-event-id"] = "1" }).session
    local frames = world:take(session)
    assert.equal("ready", frames[1].type)
    assert.equal(2, frames[2].seq)
    assert.equal(2, #frames)
  end)

  it("refuses strangers and nonsense", function()
    assert.equal(
      "bad_visitor",
      code(post({ type = "message", cid = "a", text = "x" }, { token = "vis_1.x" }))
    )
    local other = world:take(get(world, "/v1/chat/events", "bot=pk_demo").session)[1]
    post { type = "message", cid = "a", text = "menu" }
    assert.equal(
      "not_found",
      code(post({ type = "message", cid = "b", text = "menu" }, { token = other.visitor }))
    )
    assert.equal(
      "not_found",
      code(post({ type = "message", cid = "b", text = "menu" }, { conversation = "conv_x" }))
    )
    assert.equal("bad_frame", code(post "{"))
    assert.equal("bad_frame", code(post { type = "nonsense", cid = "c" }))
    assert.equal("bad_cid", code(post { type = "message", text = "menu" }))
    assert.equal(202, post({ type = "read", seq = 1 }).status)
  end)

  it("answers 503 while the store is away", function()
    post { type = "message", cid = "a", text = "menu" }
    world.store.down = true
    assert.equal(503, post({ type = "message", cid = "b", text = "menu" }).status)
    world.store.down = false
    assert.equal(200, post({ type = "message", cid = "b", text = "menu" }).status)
  end)

  it("gives the faults of a form as a problem", function()
    world = demo.world {
      extra = {
        ["commands/lead.lua"] = [[
      local bot = require "bot"
      bot.command "lead" { title = "Lead", run = function(chat)
        chat:form { name = "lead", fields = { { name = "email", type = "email", required = true } } }
      end }]],
      },
    }
    stream = get(world, "/v1/chat/events", "bot=pk_demo").session
    ready = world:take(stream)[1]
    post { type = "command", cid = "a", name = "lead" }
    local exchange = post { type = "form", cid = "b", form = "lead", fields = { email = "x" } }
    assert.equal(422, exchange.status)
    assert.equal("/fields/email", json.decode(exchange.body).errors[1].pointer)
    assert.equal(
      200,
      post({ type = "form", cid = "c", form = "lead", fields = { email = "a@b.example" } }).status
    )
  end)
end)
