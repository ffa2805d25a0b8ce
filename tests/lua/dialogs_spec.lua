-- Durable dialogs: a crash, a reload or a memory squeeze between any two
-- steps changes nothing that the visitor sees.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local BOOKING = [[
local bot = require "bot"
bot.webhook "kitchen" { url = "https://kitchen.example/hook", sign = bot.secret "KITCHEN", timeout = "5s" }
bot.command "booking" {
  title = "Book a table",
  words = { "book", "reserve", "table" },
  run = function(chat)
    chat:say "Let us book a table."
    local started = chat:now()
    local number = chat:random(1, 1000000)
    local day = chat:ask_date "Which day?"
    local time = chat:ask_time "At what time?"
    local people = chat:ask_number("For how many people?", { min = 1, max = 12 })
    chat:say("A table for %d, then.", people)
    local place = chat:ask_choice("Where?", { "Inside", "Outside" })
    local name = chat:ask_text "Your name?"
    local mail = chat:ask_email "Your e-mail?"
    local phone = chat:ask_phone "Your phone?"
    chat:set("name", name)
    local diet = chat:ask_text "Anything we should know?"
    bot.webhook "kitchen":enqueue { day = day, people = people }
    local cake = chat:ask_choice("A cake?", { "Yes", "No" })
    local sure = chat:ask_choice("Shall I book it?", { "Yes", "No" })
    chat:say("%s %s %d %s %s %s %s", day, time, people, place, name, mail, phone)
    chat:say("%s %s %s %d %d", diet, cake, sure, started, number)
    chat:say("Done, %s.", chat:get "name")
  end,
}]]

local ANSWERS = {
  "tomorrow",
  "7:30 pm",
  "we are four",
  "outside",
  "Ada",
  "ada@example.org",
  "+49 30 23125 0",
  "no nuts",
  "no",
  "yes",
}

local function booking_world(source)
  return demo.world { extra = { ["commands/booking.lua"] = source or BOOKING } }
end

-- The whole talk as the bot's texts; disturb(i, world, visitor) runs before
-- the i-th answer.
local function talk(disturb)
  local world = booking_world()
  local visitor = demo.visitor(world)
  local said = visitor:say "/booking"
  for i, answer in ipairs(ANSWERS) do
    if disturb then disturb(i, world, visitor) end
    for _, text in ipairs(visitor:say(answer)) do
      said[#said + 1] = text
    end
  end
  return said, world, visitor
end

local function errors_of(world)
  local list = {}
  for _, line in ipairs(world.log) do
    if line.level == "error" then list[#list + 1] = line.message end
  end
  return table.concat(list, "\n")
end

-- How the dialogs ended, in the order in which they began.
local function outcomes(world)
  local list = {}
  for i, row in ipairs(world.store:all("dialog", "dialog")) do
    list[i] = row.outcome
  end
  return list
end

describe("a dialog of ten questions", function()
  local calm, calm_world = talk()

  it("works undisturbed", function()
    assert.equal("Let us book a table.", calm[1])
    assert.equal("Done, Ada.", calm[#calm])
    assert.equal("", errors_of(calm_world))
    assert.same({ "done" }, outcomes(calm_world))
    assert.equal(1, #calm_world.store:sent "kitchen")
  end)

  for step = 1, #ANSWERS do
    it("goes on after a crash before answer " .. step, function()
      local said, world = talk(function(i, w, visitor)
        if i == step then
          w:crash()
          visitor:reconnect()
        end
      end)
      assert.same(calm, said)
      assert.equal("", errors_of(world))
      assert.equal(1, #world.store:sent "kitchen")
      assert.same({ "done" }, outcomes(world))
    end)
  end

  it("goes on when a crash comes before every answer", function()
    local said, world = talk(function(_, w, visitor)
      w:crash()
      visitor:reconnect()
    end)
    assert.same(calm, said)
    assert.equal(1, #world.store:sent "kitchen")
  end)

  it("goes on when its actor leaves memory before every answer", function()
    assert.same(calm, (talk(function(_, w) w:passivate() end)))
  end)

  it("keeps the answer when the store was away", function()
    local said = talk(function(i, w, visitor)
      if i ~= 4 then return end
      w.store.down = true
      assert.equal("unavailable", visitor:send({ type = "message", text = "inside" })[1].code)
      w.store.down = false
    end)
    assert.same(calm, said)
  end)

  it("asks again for an answer that will not do", function()
    local world = booking_world()
    local visitor = demo.visitor(world)
    visitor:say "/booking"
    assert.is_truthy(visitor:say("the day of the fish")[1]:find "did not understand the date")
    world:crash()
    visitor:reconnect()
    assert.is_truthy(visitor:say("yesterday")[1]:find "in the past")
    assert.equal("At what time?", visitor:say("2027-03-01")[1])
  end)

  it("gives way to cancel, to another command and to the menu", function()
    for _, case in ipairs {
      { "cancel", "cancelled" },
      { "/hours", "opening hours:" },
      { "Abbrechen", "cancelled" },
    } do
      for _, crash in ipairs { false, true } do
        local world = booking_world()
        local visitor = demo.visitor(world)
        visitor:say "/booking"
        visitor:say "tomorrow"
        if crash then
          world:crash()
          visitor:reconnect()
        end
        local frames = visitor:send { type = "message", text = case[1] }
        assert.equal("ack", frames[1].type)
        assert.is_truthy(demo.texts(frames)[1]:find(case[2]), case[1])
        assert.same({ "cancelled" }, outcomes(world))
        assert.is_truthy(visitor:say("xyzzy")[1]:find "another way")
      end
    end
  end)
end)

describe("a dialog over a reload", function()
  local CHANGED = (
    BOOKING:gsub("Let us book a table%.", "New text."):gsub('chat:ask_time "At what time%?"', "'20:00'")
  )

  -- What the engine does as soon as it has the scripts.
  local function keep_files(world)
    world:post(0, "library", world.version, "mail", "keep")
    world:settle()
  end

  it("ends on the version on which it began", function()
    local world = booking_world()
    keep_files(world)
    local visitor = demo.visitor(world)
    visitor:say "/booking"
    assert.equal("At what time?", visitor:say("tomorrow")[1])
    world:reload(files.scripts { ["commands/booking.lua"] = CHANGED }, "v2")
    world:crash()
    visitor:reconnect()
    assert.equal("For how many people?", visitor:say("19:30")[1])
    visitor:say "cancel"
    assert.equal("New text.", visitor:say("/booking")[1])
    assert.equal("", errors_of(world))
  end)

  it("has its version kept although the store was away", function()
    local world = booking_world()
    world.store.down = true
    keep_files(world)
    world.store.down = false
    world:post(0, "library", world.version, "timer", "again")
    world:settle()
    assert.is_truthy(world.store.tables.bundle.v1)
  end)

  it("ends politely when that version is gone", function()
    local world = booking_world()
    local visitor = demo.visitor(world)
    visitor:say "/booking"
    world.store.tables.bundle = {}
    world:reload(files.scripts { ["commands/booking.lua"] = CHANGED }, "v2")
    world:crash()
    visitor:reconnect()
    assert.is_truthy(visitor:say("tomorrow")[1]:find "has changed in the meantime")
    assert.is_truthy(errors_of(world):find "version v1 is not stored")
    assert.is_truthy(visitor:say("menu")[1]:find "How can I help")
  end)

  it("ends politely and is reported when a step does not match its log", function()
    local world = booking_world()
    local visitor = demo.visitor(world)
    visitor:say "/booking"
    visitor:say "tomorrow"
    world:reload(files.scripts { ["commands/booking.lua"] = CHANGED }, "v1") -- other files under the same name
    world:crash()
    visitor:reconnect()
    local frames = visitor:send { type = "message", text = "19:30" }
    assert.equal("ack", frames[1].type)
    assert.is_truthy(demo.texts(frames)[1]:find "has changed in the meantime")
    local said =
      "step 5 of command 'booking' is 'ask_number', but the dialog's log waits there for 'ask_time'"
    assert.is_truthy(errors_of(world):find(said, 1, true))
    assert.same({ "broken" }, outcomes(world))
    local line = world.store:all("script_log", "id")[1]
    assert.equal(3, line.level)
    assert.is_truthy(line.message:find(said, 1, true) and line.message:find "must take the same way")
    assert.equal("commands/booking.lua:12", line.position)
    local event = json.decode(world.store:sent("script.failed")[1].body).data
    assert.same({ "booking", 0, "commands/booking.lua:12" }, { event.command, event.version, event.position })
    assert.equal(visitor.conversation, event.conversation)
  end)
end)

describe("a script", function()
  local function world_with(source, name)
    return demo.world { extra = { ["commands/" .. (name or "extra") .. ".lua"] = source } }
  end

  it("that fails says sorry and is logged with its line", function()
    local world = world_with [[
local bot = require "bot"
bot.command "broken" { title = "Broken", run = function(chat)
  chat:ask_text "Well?"
  chat:say(nil .. "x")
end }]]
    local visitor = demo.visitor(world)
    visitor:say "/broken"
    local frames = visitor:send { type = "message", text = "hm" }
    assert.equal("ack", frames[1].type)
    assert.is_truthy(demo.texts(frames)[1]:find "went wrong")
    assert.is_truthy(errors_of(world):find("commands/extra.lua:4: ", 1, true))
    assert.equal("How can I help you?", visitor:say("menu")[1])
  end)

  it("gets a form's fields, and the form's faults go to the visitor", function()
    local world = world_with [[
local bot = require "bot"
bot.command "lead" { title = "Lead", run = function(chat)
  local lead = chat:form { name = "lead", title = "Your details", fields = {
    { name = "name", label = "Name", required = true },
    { name = "email", label = "E-mail", type = "email", required = true },
    { name = "ok", label = "I agree", type = "consent", required = true },
  } }
  chat:say("Thanks, %s.", lead.name)
end }]]
    local visitor = demo.visitor(world)
    local form = visitor:send({ type = "command", name = "lead" })[2].blocks[1]
    assert.equal("form", form.kind)
    assert.equal(3, #form.fields)
    local wrong = visitor:send { type = "form", form = "lead", fields = { name = "Ada", email = "ada" } }
    assert.equal("invalid_form", wrong[1].code)
    assert.equal(2, #wrong[1].errors)
    assert.is_truthy(visitor:say("hello?")[1]:find "fill in the form")
    world:crash()
    visitor:reconnect()
    local frames = visitor:send {
      type = "form",
      form = "lead",
      fields = { name = "Ada", email = "ada@example.org", ok = true },
    }
    assert.equal("Thanks, Ada.", demo.texts(frames)[1])
    local stored = world.store:all("followup", "id")
    assert.equal("ada@example.org", stored[1].email)
    assert.equal("ada@example.org", json.decode(stored[1].fields).email)
    assert.equal(1, #world.store:sent "lead.created")
  end)

  it("hears events and sends webhooks", function()
    local world = world_with(
      [[
local bot = require "bot"
bot.webhook "crm" { url = "https://crm.example" }
bot.on("command.used", function(chat, event)
  bot.webhook "crm":enqueue { type = event.name, command = event.data.command, id = chat.id }
end)
bot.on("message.created", function() error "this one is broken" end)]],
      "events"
    )
    local visitor = demo.visitor(world)
    assert.equal("How can I help you?", visitor:say("menu")[1])
    local row = world.store:sent("crm")[1]
    assert.equal("menu", json.decode(row.body).data.command)
    assert.is_truthy(errors_of(world):find "this one is broken")
  end)

  it("can end the chat, and the next message opens it again", function()
    local world = world_with [[
local bot = require "bot"
bot.webhook "crm" { url = "https://crm.example" }
bot.command "bye" { title = "Bye", run = function(chat) chat:say "Bye!" chat:end_chat() end }
bot.on("conversation.closed", function(chat, event)
  bot.webhook "crm":enqueue { type = event.name, id = chat.id }
end)]]
    local visitor = demo.visitor(world)
    local frames = visitor:send { type = "message", text = "bye" }
    assert.same({ { type = "status", conversation = "closed" } }, demo.of_type(frames, "status"))
    assert.equal(1, #world.store:sent "crm")
    frames = visitor:send { type = "message", text = "menu" }
    assert.same({ { type = "status", conversation = "bot" } }, demo.of_type(frames, "status"))
  end)

  it("can answer from the business and go on", function()
    local world = world_with [[
local bot = require "bot"
local business = require "business"
bot.command "faq" { title = "FAQ", run = function(chat)
  local question = chat:ask_text "What would you like to know?"
  if not chat:answer(question) then chat:say("No idea. We have %d services.", #business.list "service") end
  chat:go "menu"
end }]]
    local visitor = demo.visitor(world)
    visitor:say "/faq"
    local said = visitor:say "are dogs allowed?"
    assert.is_truthy(said[1]:find "Dogs are welcome")
    assert.equal("How can I help you?", said[2])
    visitor:say "/faq"
    assert.equal("No idea. We have 6 services.", visitor:say("what is the capital of France?")[1])
  end)
end)
