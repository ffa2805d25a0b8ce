-- The webhook ledger with injected time: events, deliveries, the schedule,
-- order, rotation, turning off, replay, scripts that reshape.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

describe("webhook ledger", function()
  local world, calls, answer

  local HOOKS = [[
local bot = require "bot"
bot.webhook "crm" {
  url = "https://crm.example/in",
  sign = "whsec_b64" .. string.rep("41", 32),
  events = { "lead.*" },
  filter = function(event) return event.data.fields.name ~= "Nobody" end,
  transform = function(event)
    if event.data.fields.name == "Error" then error "cannot do that" end
    return { who = event.data.fields.name }
  end,
}]]

  local function endpoint(id, filters, more)
    local row = {
      tenant = 1,
      id = id,
      url = "https://receiver.example/" .. id,
      events = json.encode(filters),
      secret = "sealed-webhook-1-whsec_b64" .. ("41"):rep(32),
      description = "",
      state = "on",
      failures = 0,
      paused_until = 0,
    }
    for name, value in pairs(more or {}) do
      row[name] = value
    end
    world.store.tables.endpoint["1\0" .. id] = row
  end

  local function row(id) return world.store.tables.endpoint["1\0" .. id] end

  -- Raises an event in a turn of the tenant.
  local function raise(name, data, subject)
    world:post(1, "raiser", "x", "mail", json.encode { name = name, data = data or {}, subject = subject })
    world:settle()
  end

  -- Lets the clock run and the claimer look, until nothing is due.
  local function run(ms)
    local till = world.clock + (ms or 0)
    repeat
      world:post(0, "jobs", "claimer", "mail", "wake")
      world:settle()
      local due
      for _, job in pairs(world.store.tables.outbox) do
        if not due or job.due_at < due then due = job.due_at end
      end
      if due and due > world.clock and due <= till then world.clock = due end
    until not due or due > till
    world.clock = math.max(world.clock, till)
  end

  before_each(function()
    calls, answer = {}, function() return { status = 200, headers = "", body = "ok", ms = 3 } end
    world = demo.world {
      extra = {
        ["webhooks/crm.lua"] = HOOKS,
        ["actors/raiser.lua"] = [[
local json = require "json"
local ledger = require "hooks.ledger"
return {
  new = function(kind) return { kind = kind } end,
  deliver = function(_, kind, text)
    local m = json.decode(text)
    ledger.write({ bot = "bot_x", subject = m.subject }, m.name, m.data)
  end,
}]],
        ["prelude/init.lua"] = require("tests.lua.files")
          .read("scripts/prelude/init.lua")
          :gsub("local kinds = {", "local kinds = { raiser = 'actors.raiser',", 1),
      },
    }
    world.http = function(request)
      local call = { at = world.clock, body = request.body, url = request.url, headers = {} }
      for name, value in request.headers:gmatch "([^\n:]+): ([^\n]*)" do
        call.headers[name:lower()] = value
      end
      calls[#calls + 1] = call
      return answer(call)
    end
  end)

  it("delivers an event, signed, to those that asked for it", function()
    endpoint("whk_a", { "ticket.created" })
    endpoint("whk_b", { "lead.*" })
    raise("ticket.created", { n = 1 })
    run()
    assert.equal(1, #calls)
    assert.equal("https://receiver.example/whk_a", calls[1].url)
    local event = world.store:sent("ticket.created")[1]
    assert.equal(event.id, calls[1].headers["webhook-id"])
    assert.equal(tostring(world.clock // 1000), calls[1].headers["webhook-timestamp"])
    assert.matches("^v1,mac%(AAAAAAAA,", calls[1].headers["webhook-signature"])
    assert.same({ n = 1 }, json.decode(calls[1].body).data)
    assert.equal("ticket.created", json.decode(calls[1].body).type)
    assert.equal("delivered", world.store:all("delivery", "n")[1].state)
    assert.equal(200, world.store:all("attempt", "at")[1].status)
    assert.equal("ok", world.store:all("attempt", "at")[1].answer)
    run(24 * 3600000)
    assert.equal(1, #calls)
  end)

  it("keeps to the schedule and gives up after the tenth try", function()
    answer = function() return { status = 500, headers = "", body = "", ms = 1 } end
    endpoint("whk_a", { "*" })
    raise "handover.ended"
    run(80 * 3600000)
    local wanted = { 0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400 }
    assert.equal(10, #calls)
    for i = 2, 10 do
      local gap = (calls[i].at - calls[i - 1].at) / 1000
      assert.is_true(gap >= wanted[i] and gap <= wanted[i] * 1.1 + 61, ("try %d after %s s"):format(i, gap))
      assert.equal(calls[1].headers["webhook-id"], calls[i].headers["webhook-id"])
      assert.equal(calls[1].body, calls[i].body)
    end
    assert.equal("failed", world.store:all("delivery", "n")[1].state)
  end)

  it("counts 2xx alone: a redirect is a failure", function()
    answer = function()
      return {
        status = #calls == 1 and 302 or 204,
        headers = "location: https://evil.example/\n",
        body = "",
        ms = 1,
      }
    end
    endpoint("whk_a", { "*" })
    raise "handover.ended"
    run(6000)
    assert.equal(2, #calls)
    assert.equal("https://receiver.example/whk_a", calls[2].url)
    assert.matches("redirect", world.store:all("attempt", "at")[1].error)
  end)

  it("410 turns it off at once, and says so to the others", function()
    answer = function(call)
      return { status = call.url:find "whk_a" and 410 or 200, headers = "", body = "", ms = 1 }
    end
    endpoint("whk_a", { "handover.ended" })
    endpoint("whk_b", { "limit.warning" })
    raise "handover.ended"
    run(1000)
    assert.equal("off", row("whk_a").state)
    assert.equal(2, #calls)
    assert.matches("410", json.decode(calls[2].body).data.reason)
    raise "handover.ended"
    run(3600000)
    assert.equal(2, #calls)
  end)

  it("is turned off after five days of nothing but failures", function()
    answer = function() return { code = "timeout", error = "too slow", ms = 15000 } end
    endpoint("whk_a", { "handover.ended" })
    for _ = 1, 6 do
      raise "handover.ended"
      run(24 * 3600000)
    end
    assert.equal("off", row("whk_a").state)
    assert.matches("five days", row("whk_a").reason)
  end)

  it("slows down when it is asked to", function()
    answer = function()
      return { status = #calls == 1 and 429 or 200, headers = "retry-after: 120\n", body = "", ms = 1 }
    end
    endpoint("whk_a", { "*" })
    raise "handover.ended"
    run()
    raise "handover.ended"
    run(119000)
    assert.equal(1, #calls)
    run(2000)
    assert.equal(3, #calls)
  end)

  it("keeps the order of a conversation, at most four at once", function()
    endpoint("whk_a", { "*" })
    for i = 1, 12 do
      raise("handover.ended", { i = i }, i % 2 == 0 and "conv_a" or "conv_b")
    end
    run()
    local last = {}
    assert.equal(12, #calls)
    for _, call in ipairs(calls) do
      local i = json.decode(call.body).data.i
      assert.is_true(i > (last[i % 2] or 0))
      last[i % 2] = i
      assert.is_truthy(tonumber(call.headers["azentiko-sequence"]))
    end
  end)

  it("loses nothing while the endpoint is down for six hours", function()
    local down = true
    local bodies, seen = {}, {}
    answer = function(call)
      local id = call.headers["webhook-id"]
      assert.equal(bodies[id] or call.body, call.body)
      bodies[id] = call.body
      if down then return { code = "unavailable", error = "connection refused", ms = 1 } end
      seen[id] = (seen[id] or 0) + 1
      return { status = 200, headers = "", body = "", ms = 1 }
    end
    endpoint("whk_a", { "*" })
    for i = 1, 100 do
      raise("handover.ended", { i = i }, "conv_" .. i)
      run(216000)
    end
    assert.is_true(#calls < 1000, #calls .. " calls to a receiver that is down")
    down = false
    world:crash()
    run(12 * 3600000)
    local count = 0
    for _, n in pairs(seen) do
      assert.equal(1, n)
      count = count + 1
    end
    assert.equal(100, count)
  end)

  it("signs with both secrets while one is replaced", function()
    endpoint("whk_a", { "*" }, {
      old_secret = "sealed-webhook-1-whsec_b64" .. ("42"):rep(32),
      old_until = world.clock + 86400000,
    })
    raise "handover.ended"
    run()
    assert.matches("^v1,mac%(AAAAAAAA,.* v1,mac%(BBBBBBBB,", calls[1].headers["webhook-signature"])
    world.clock = world.clock + 86400001
    raise "handover.ended"
    run()
    assert.is_nil(calls[2].headers["webhook-signature"]:find "BBBB")
  end)

  it("a delivery whose answer was not written is repeated with the same id", function()
    endpoint("whk_a", { "*" })
    raise "handover.ended"
    answer = function() return { status = 200, headers = "", body = "", ms = 1 } end
    local http = world.http
    local commit = world.store.commit
    world.store.commit = function(store, tenant, batch)
      for _, statement in ipairs(batch) do
        if statement[1] == "attempt.insert" then return nil, "away", "unavailable" end
      end
      return commit(store, tenant, batch)
    end
    run()
    world.store.commit, world.http = commit, http
    answer = function() return { status = 200, headers = "", body = "", ms = 1 } end
    world:crash()
    run(120000)
    assert.equal(2, #calls)
    assert.equal(calls[1].headers["webhook-id"], calls[2].headers["webhook-id"])
    assert.equal(calls[1].body, calls[2].body)
    assert.is_true(calls[2].headers["webhook-timestamp"] > calls[1].headers["webhook-timestamp"])
  end)

  it("replays one, and all that failed since a time", function()
    answer = function() return { status = 410, headers = "", body = "", ms = 1 } end
    endpoint("whk_a", { "*" })
    raise "handover.ended"
    run()
    answer = function() return { status = 200, headers = "", body = "", ms = 1 } end
    local jobs = { "deliver/whk_a", "deliver", "whk_a", "{}", world.clock, world.clock }
    assert(world.store:commit(1, {
      table.pack("endpoint.switch", "whk_a", "on", nil, world.clock),
      table.pack("delivery.recover", "whk_a", 0, world.clock),
      table.pack("outbox.arm", table.unpack(jobs)),
    }))
    run()
    local first = world.store:sent("handover.ended")[1]
    local again = 0
    for _, call in ipairs(calls) do
      if call.headers["webhook-id"] == first.id then again = again + 1 end
    end
    assert.equal(2, again)
    assert.equal("delivered", world.store.tables.delivery["1\0whk_a\0" .. first.id].state)
  end)

  it("a script's webhook filters, reshapes, and a failing one sends the plain event", function()
    local function lead(name) raise("lead.created", { fields = { name = name } }) end
    lead "Ada"
    lead "Nobody"
    lead "Error"
    run()
    assert.equal(2, #calls)
    assert.same({ who = "Ada" }, json.decode(calls[1].body).data)
    assert.equal("lead.created", json.decode(calls[1].body).type)
    assert.same({ fields = { name = "Error" } }, json.decode(calls[2].body).data)
    assert.matches("cannot do that", json.decode(world.store:sent("script.failed")[1].body).data.error)
  end)

  it("events of every click are kept only when somebody listens", function()
    raise "command.used"
    assert.equal(0, #world.store:sent "command.used")
    raise "handover.ended"
    assert.equal(1, #world.store:sent "handover.ended")
    endpoint("whk_a", { "command.used" })
    world.clock = world.clock + 4000
    raise "command.used"
    run()
    assert.equal(1, #calls)
  end)
end)
