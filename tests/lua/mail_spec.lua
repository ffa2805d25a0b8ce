-- Notices and transcripts by mail with injected time: who gets what and when,
-- retries, refusals, summaries, links, nothing twice.
local demo = require "tests.lua.demo"
local json = require "tests.lua.fake_json"

local RAISER = [[
local json = require "json"
local ledger = require "hooks.ledger"
local transcripts = require "mail.transcripts"
return {
  new = function(kind, key) return { kind = kind, k = key } end,
  deliver = function(self, _, text)
    local m = json.decode(text)
    if m.ask then
      local ok, why = transcripts.ask({ k = m.conversation, b = "bot_01000000000000000000000001", l = "de" }, m.ask)
      return require("host").log("info", "asked", { ok = tostring(ok), why = why })
    end
    ledger.write({ bot = "bot_01000000000000000000000001", subject = m.subject }, m.name, m.data)
  end,
}]]

describe("mail", function()
  local world, mails, answer

  local function recipient(id, fields)
    local row = {
      tenant = 1,
      id = id,
      email = id .. "@example.org",
      language = "en",
      at_once = "[]",
      daily = "[]",
      hour = 8,
      stopped = "{}",
      state = "on",
      failures = 0,
    }
    for name, value in pairs(fields) do
      row[name] = type(value) == "table" and json.encode(value) or value
    end
    world.store.tables.mail_recipient["1\0" .. id] = row
  end

  local function person(id) return world.store.tables.mail_recipient["1\0" .. id] end

  local function raise(name, data)
    world:post(1, "raiser", "x", "mail", json.encode { name = name, data = data or {} })
    world:settle()
  end

  local function lead(name)
    raise("lead.created", { id = "lead_1", name = name, email = "v@example.org", fields = {} })
  end

  -- Lets the clock run and the claimer look, until nothing is due.
  local function run(ms)
    local till = world.clock + (ms or 0)
    repeat
      world:post(0, "jobs", "claimer", "mail", "wake")
      world:settle()
      local due
      for _, job in pairs(world.store.tables.outbox) do
        if not job.done_at and (not due or job.due_at < due) then due = job.due_at end
      end
      if due and due > world.clock and due <= till then world.clock = due end
    until not due or due > till
    world.clock = math.max(world.clock, till)
  end

  local function rows(state)
    local found = {}
    for _, row in ipairs(world.store:all("mail", "id")) do
      if not state or row.state == state then found[#found + 1] = row end
    end
    return found
  end

  local function header(mail, name)
    return (mail.data:gsub("\r\n[ \t]", " "):match("\r\n" .. name:gsub("%-", "%%-") .. ": ([^\r]*)"))
  end

  local function request(method, url)
    local path, query = url:match "^https://chat.example.org(/[^?]*)%?(.*)$"
    return world:request { method = method, path = path, query = query, body = "List-Unsubscribe=One-Click" }
  end

  local function link(mail) return header(mail, "List-Unsubscribe"):match "<(.-)>" end

  before_each(function()
    mails, answer = {}, function() return { verdict = "sent", status = 250, error = "", ms = 3 } end
    world = demo.world {
      settings = {
        test_mode = "1",
        mail_from = "Chat <notices@example.org>",
        public_url = "https://chat.example.org",
      },
      extra = {
        ["actors/raiser.lua"] = RAISER,
        ["prelude/init.lua"] = require("tests.lua.files")
          .read("scripts/prelude/init.lua")
          :gsub("local kinds = {", "local kinds = { raiser = 'actors.raiser',", 1),
      },
    }
    world.mail = function(to, data)
      local mail = { at = world.clock, to = to, data = data }
      mails[#mails + 1] = mail
      return json.encode(answer(mail))
    end
  end)

  it("tells at once whoever asked for it, and nobody else", function()
    recipient("a", { at_once = { "lead" }, language = "de" })
    recipient("b", { at_once = { "ticket" } })
    recipient("c", { at_once = { "lead" }, state = "off" })
    lead "Ada"
    run()
    assert.equal(1, #mails)
    assert.equal("a@example.org", mails[1].to)
    assert.equal("Neuer Kontakt: Ada", header(mails[1], "Subject"))
    assert.equal("v@example.org", header(mails[1], "Reply-To"))
    assert.equal("List-Unsubscribe=One-Click", header(mails[1], "List-Unsubscribe-Post"))
    assert.equal("sent", rows()[1].state)
    run(24 * 3600000)
    assert.equal(1, #mails)
  end)

  it("an event that is told twice is mailed once", function()
    recipient("a", { at_once = { "lead" } })
    lead "Ada"
    run()
    local event = world.store:sent("lead.created")[1]
    world.store.tables.event["1\0" .. event.id].waiting = 1
    raise "handover.ended"
    world:post(1, "events", "all", "mail", json.encode { job = { id = "x" } })
    world:settle()
    run(3600000)
    assert.equal(1, #mails)
  end)

  it("a message that was sent but not written down is repeated with the same bytes", function()
    recipient("a", { at_once = { "lead" } })
    lead "Ada"
    local commit = world.store.commit
    world.store.commit = function(store, tenant, batch)
      for _, statement in ipairs(batch) do
        if statement[1] == "mail.tried" then return nil, "away", "unavailable" end
      end
      return commit(store, tenant, batch)
    end
    run()
    world.store.commit = commit
    world:crash()
    run(400000)
    assert.equal(2, #mails)
    assert.equal(mails[1].data, mails[2].data)
    assert.truthy(header(mails[1], "Message-ID"):find("mail_", 1, true))
  end)

  it("tries again later and later, and gives up after two days", function()
    answer = function() return { verdict = "later", status = 451, error = "greylisted", ms = 1 } end
    recipient("a", { at_once = { "lead" } })
    lead "Ada"
    run(80 * 3600000)
    local wanted = { 0, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 72000 }
    assert.equal(11, #mails)
    for i = 2, 11 do
      local gap = (mails[i].at - mails[i - 1].at) / 1000
      assert.is_true(gap >= wanted[i] and gap <= wanted[i] * 1.1 + 2, ("try %d after %s s"):format(i, gap))
    end
    assert.equal("failed", rows()[1].state)
    assert.truthy(rows()[1].error:find("greylisted", 1, true))
  end)

  it("a server that is away is asked rarely, and everything goes out when it is back", function()
    answer = function() return { verdict = "away", status = 0, error = "connection refused", ms = 1 } end
    recipient("a", { at_once = { "lead" } })
    for i = 1, 5 do
      lead("Ada " .. i)
    end
    run(3600000)
    assert.is_true(#mails >= 3 and #mails < 20, #mails .. " tries")
    assert.equal(0, rows()[1].attempts)
    mails, answer = {}, function() return { verdict = "sent", status = 250, error = "", ms = 1 } end
    run(3600000)
    assert.equal(5, #mails)
  end)

  it("an address that is refused for good three times is switched off, and the client is told", function()
    answer = function() return { verdict = "refused", status = 550, error = "no such user", ms = 1 } end
    recipient("a", { at_once = { "lead" } })
    for i = 1, 4 do
      lead("Ada " .. i)
      run(1000)
    end
    assert.equal(3, #mails)
    assert.equal("off", person("a").state)
    assert.truthy(person("a").reason:find("no such user", 1, true))
    local warnings = world.store:sent "limit.warning"
    assert.equal(2, #warnings)
    assert.equal("mail", json.decode(warnings[1].body).data.what)
    assert.is_true(json.decode(warnings[2].body).data.switched_off)
  end)

  it("a summary comes once a day at its hour, in the business's time zone", function()
    recipient("a", { daily = { "lead", "ticket" }, hour = 8 })
    recipient("b", { at_once = { "lead" }, daily = { "ticket" }, hour = 8 })
    lead "Ada"
    lead "Grace"
    run(26 * 3600000)
    local to_a = {}
    for _, mail in ipairs(mails) do
      if mail.to == "a@example.org" then to_a[#to_a + 1] = mail end
    end
    assert.equal(1, #to_a)
    assert.equal(3, #mails)
    assert.equal("08:00", os.date("!%H:%M", to_a[1].at // 1000 + 3600)) -- Berlin in November
    assert.truthy(to_a[1].data:find("Ada", 1, true))
    assert.truthy(to_a[1].data:find("Grace", 1, true))
    run(48 * 3600000)
    assert.equal(3, #mails) -- nothing new: nothing is said
    assert.equal(0, #rows "gathered")
  end)

  it("a flood for one person becomes a summary an hour later", function()
    recipient("a", { at_once = { "lead" } })
    for i = 1, 50 do
      lead("Ada " .. i)
    end
    run()
    assert.equal(30, #mails)
    run(2 * 3600000)
    assert.equal(31, #mails)
    assert.truthy(header(mails[31], "Subject"):find("20 new", 1, true))
  end)

  it("without an SMTP server it is written down as not sent, and nothing waits", function()
    recipient("a", { at_once = { "lead" }, daily = { "ticket" } })
    world.settings.mail_from = nil
    lead "Ada"
    run(3600000)
    assert.equal(0, #mails)
    assert.equal("off", rows()[1].state)
    assert.equal("mail is off", rows()[1].error)
  end)

  it("what waited when mail was switched off does not wait for ever", function()
    recipient("a", { daily = { "lead" } })
    lead "Ada"
    run()
    world.settings.mail_from = nil
    world:crash()
    run(26 * 3600000)
    assert.equal("off", rows()[1].state)
    assert.equal(0, #mails)
  end)

  it("the link stops one kind for one person, and only when it is pressed", function()
    recipient("a", { at_once = { "lead", "handover" } })
    recipient("b", { at_once = { "lead" } })
    lead "Ada"
    run()
    local url = link(mails[1])
    local look = request("GET", url)
    assert.equal(200, look.status)
    assert.truthy(look.body:find("<form", 1, true))
    assert.equal('["lead","handover"]', person("a").at_once)
    local done = request("POST", url)
    assert.equal(200, done.status)
    assert.equal('["handover"]', person("a").at_once)
    assert.truthy(json.decode(person("a").stopped).lead)
    assert.equal('["lead"]', person("b").at_once)
    assert.equal(200, request("POST", url).status)
    lead "Grace"
    run(10000)
    assert.equal(3, #mails)
    assert.equal("b@example.org", mails[3].to)
  end)

  it("a link that was changed opens nothing", function()
    recipient("a", { at_once = { "lead", "handover" } })
    lead "Ada"
    run()
    local url = link(mails[1])
    for _, bad in ipairs {
      (url:gsub("%.lead%.", ".handover.")),
      (url:gsub("%.a%.", ".b.")),
      (url:gsub(".$", "x")),
      (url:gsub("%?t=.*", "?t=nonsense")),
      (url:gsub("tnt_%w+", "tnt_other")),
    } do
      assert.equal(404, request("POST", bad).status, bad)
    end
    assert.equal('["lead","handover"]', person("a").at_once)
  end)

  it("a transcript goes to an address only after its owner has pressed the button", function()
    local visitor = demo.visitor(world)
    visitor:say "/hours"
    local function ask(address, conversation)
      world:post(
        1,
        "raiser",
        "x",
        "mail",
        json.encode { ask = address, conversation = conversation or visitor.conversation }
      )
      world:settle()
      return world.log[#world.log].fields
    end
    assert.equal("true", ask("Ada@Example.org").ok)
    run()
    assert.equal(1, #mails)
    assert.equal("ada@example.org", mails[1].to)
    assert.is_nil(mails[1].data:find("hours", 1, true)) -- not a word of the visitor's
    local url =
      mails[1].data:gsub("=\r\n", ""):match "(https://chat.example.org/v1/mail/transcript%?t=3D[%w_%.%-]+)"
    url = url:gsub("=3D", "=")
    assert.equal(200, request("GET", url).status)
    run()
    assert.equal(1, #mails)
    assert.equal(200, request("POST", url).status)
    assert.equal(200, request("POST", url).status)
    run()
    assert.equal(2, #mails)
    assert.truthy(mails[2].data:find("hours", 1, true))
    -- bounds
    assert.equal("true", ask("ada@example.org", "conv_other").ok)
    assert.equal("often", ask("ada@example.org", "conv_other").why)
    assert.equal("true", ask("b@example.org").ok)
    assert.equal("true", ask("c@example.org").ok)
    assert.equal("often", ask("d@example.org").why)
    assert.equal("address", ask("a@b\r\nBcc: c@d.example").why)
    -- too old
    world.clock = world.clock + 3 * 86400000
    assert.equal(404, request("GET", url).status)
  end)

  it("an address whose owner has stopped it gets nothing more", function()
    local visitor = demo.visitor(world)
    visitor:say "/hours"
    local function ask()
      local text = json.encode { ask = "ada@example.org", conversation = visitor.conversation }
      world:post(1, "raiser", "x", "mail", text)
      world:settle()
    end
    ask()
    run()
    assert.equal(200, request("POST", link(mails[1])).status)
    ask()
    run()
    assert.equal(1, #mails)
  end)

  it("a template that fails holds up nothing else", function()
    recipient("a", { at_once = { "lead", "handover" } })
    world.files["mail/templates/lead.lua"] = "return { view = function() error 'broken' end }"
    lead "Ada"
    raise("handover.requested", { conversation = "conv_1" })
    run(1000)
    assert.equal(1, #mails)
    assert.equal("failed", rows("failed")[1].state)
    assert.truthy(rows("failed")[1].error:find("broken", 1, true))
  end)

  it("a notice whose event was pruned meanwhile is not sent empty", function()
    answer = function() return { verdict = "later", status = 451, error = "later", ms = 1 } end
    recipient("a", { at_once = { "lead" } })
    lead "Ada"
    run()
    world.store.tables.event = {}
    run(3600000)
    assert.equal(1, #mails)
    assert.equal("off", rows()[1].state)
  end)
end)
