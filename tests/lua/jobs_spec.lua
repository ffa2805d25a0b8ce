-- Jobs: claimed once, mailed to their actor, ended in its turn, tried again,
-- given up. Time is the world's clock.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

local ECHO = [[
local host = require "host"
local jobs = require "prelude.jobs"
local echo = {}
function echo.new(kind, key) return { kind = kind, key = key } end
function echo.deliver(self, kind, payload)
  if kind ~= "mail" then return end
  local job = jobs.take(payload)
  if not job then
    if payload == "set" then jobs.timer("conversation", self.key, "later", host.now() + 60000, { n = 7 }) end
    if payload == "cancel" then jobs.cancel_timer("conversation", self.key, "later") end
    if payload == "arm" then jobs.arm("again", "timer", "conversation/" .. self.key) end
    return
  end
  host.log("info", "ran", { timer = job.timer, n = job.data and job.data.n, attempts = job.attempts })
  if self.key == "lazy" then return end
  if self.key == "sorry" then return jobs.retry(job, "not now") end
  if job.id == "again" then return jobs.rest(job) end
  jobs.done(job)
end
return echo
]]

describe("jobs", function()
  local world

  local function mail(key, text, tenant)
    world:post(tenant or 1, "conversation", key, "mail", text)
    world:settle()
  end

  local function claim(ms)
    world.clock = world.clock + (ms or 0)
    world:post(0, "jobs", "claimer", "mail", "wake")
    world:settle()
  end

  local function ran()
    local n = 0
    for _, line in ipairs(world.log) do
      if line.message == "ran" then n = n + 1 end
    end
    return n
  end

  local function rows() return world.store:all("outbox", "id") end

  before_each(function() world = demo.world { extra = { ["actors/conversation.lua"] = ECHO } } end)

  it("a timer fires at its time, once, with its data", function()
    mail("conv_a", "set")
    assert.is_true(world.woken >= 1)
    claim(59000)
    assert.equal(0, ran())
    claim(1000)
    assert.equal(1, ran())
    assert.equal(7, world.log[#world.log].fields.n)
    claim(3600000)
    assert.equal(1, ran())
    assert.equal(0, #rows())
  end)

  it("survives a crash before and after the claim", function()
    mail("conv_a", "set")
    world:crash()
    world.clock = world.clock + 60000
    world:post(0, "jobs", "claimer", "mail", "wake")
    local run_claimer = world.queue[1]
    assert.is_table(run_claimer)
    -- claimed, but the mail to the actor is lost
    local post = world.post
    world.post = function(self, tenant, ...)
      if tenant == 0 then return post(self, tenant, ...) end
    end
    world:settle()
    world.post = post
    assert.equal(0, ran())
    claim(1000)
    assert.equal(0, ran())
    claim(60000) -- the lease is over
    assert.equal(1, ran())
    assert.equal(2, world.log[#world.log].fields.attempts)
  end)

  it("what a dead process held is due when the next one starts", function()
    mail("lazy", "set")
    claim(60000)
    assert.equal(1, ran())
    world:crash()
    world:post(0, "jobs", "claimer", "mail", "start")
    world:settle()
    assert.equal(2, ran())
  end)

  it("set again it is replaced, cancelled it never fires", function()
    mail("conv_a", "set")
    world.clock = world.clock + 30000
    mail("conv_a", "set")
    claim(30000)
    assert.equal(0, ran())
    mail("conv_a", "cancel")
    claim(60000)
    assert.equal(0, ran())
  end)

  it("a job that nobody ends is tried again and given up in the end", function()
    mail("lazy", "set")
    world.clock = world.clock + 60000
    for _ = 1, 30 do
      claim(60000)
    end
    assert.equal(20, ran())
    assert.is_truthy(rows()[1].done_at)
    claim(31 * 24 * 3600000)
    assert.equal(0, #rows())
  end)

  it("a retry waits longer each time", function()
    mail("sorry", "set")
    claim(60000)
    local first = rows()[1].due_at - world.clock
    assert.is_true(first >= 5000 and first <= 6000)
    claim(6000)
    assert.is_true(rows()[1].due_at - world.clock >= 10000)
    assert.equal("not now", rows()[1].error)
  end)

  it("an armed job rests and comes again, also when it was armed while it ran", function()
    world:post(1, "conversation", "conv_a", "mail", "arm")
    world:settle()
    world.store.tables.outbox["1\0again"].body = '{"name":"x"}'
    claim()
    assert.equal(1, ran())
    claim(3600000)
    assert.equal(1, ran())
    mail("conv_a", "arm")
    claim()
    assert.equal(2, ran())
  end)

  it("a lease that somebody else has by now ends nothing", function()
    mail("conv_a", "set")
    world.clock = world.clock + 60000
    local mails = {}
    local post = world.post
    world.post = function(self, tenant, ...)
      if tenant ~= 0 then mails[#mails + 1] = table.pack(tenant, ...) end
      if tenant == 0 then return post(self, tenant, ...) end
    end
    claim()
    claim(60000)
    world.post = post
    assert.equal(2, #mails)
    for _, m in ipairs(mails) do
      world:post(table.unpack(m, 1, m.n))
    end
    world:settle()
    -- the first mail's lease is gone: its turn failed, the second one's stands
    assert.equal(0, #rows())
    assert.matches("conflict", world.log[2].message)
  end)

  it("tenants take turns", function()
    for tenant = 1, 2 do
      local batch = {}
      for i = 1, tenant == 1 and 300 or 1 do
        batch[i] = table.pack(
          "outbox.insert",
          ("t%04d"):format(i),
          "timer",
          "conversation/lazy",
          '{"name":"x"}',
          1,
          tenant
        )
      end
      assert(world.store:commit(tenant, batch))
    end
    local order = {}
    local post = world.post
    world.post = function(self, tenant, ...)
      if tenant == 0 then return post(self, tenant, ...) end
      order[#order + 1] = tenant
    end
    claim()
    world.post = post
    local at
    for i, tenant in ipairs(order) do
      if tenant == 2 then at = i end
    end
    assert.is_true(at <= 64)
  end)

  it("a topic of newer scripts waits for them", function()
    assert(world.store:commit(1, { table.pack("outbox.insert", "x", "future", "k", "{}", 1, 1) }))
    claim()
    assert.equal(0, rows()[1].attempts)
    assert.is_true(rows()[1].due_at > world.clock)
  end)

  it("only the system state mails other tenants", function()
    local state = world:state(1)
    assert.has_error(function() state.host.post(2, "conversation", "x", "y") end)
    assert.is_table(json.decode "[]")
  end)
end)
