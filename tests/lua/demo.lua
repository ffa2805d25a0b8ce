-- A world with the demo business in it, and visitors to talk to it.
local fake_host = require "tests.lua.fake_host"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local demo = {}

demo.BOT, demo.TENANT = "bot_01000000000000000000000001", 1

-- The platform's `require` of a state, for specs of single modules.
function demo.platform(world)
  local state = world:state(demo.TENANT)
  return assert(state.host.load("prelude/loader.lua", state.environment))(state.host, state.environment).platform
end

-- options: clock, extra (path -> source), dataset (JSON text), settings
function demo.world(options)
  options = options or {}
  local world = fake_host.new {
    files = files.scripts(options.extra),
    clock = options.clock,
    settings = options.settings or { test_mode = "1" },
  }
  local imported =
    assert(world:state(demo.TENANT).api.import(options.dataset or files.read "scripts/demo/demo.json"))
  local batch = {
    table.pack(
      "bot.create",
      demo.BOT,
      "pk_demo",
      imported.bot.slug,
      imported.bot.name,
      imported.bot.settings,
      imported.bot.domains,
      world.clock
    ),
  }
  for _, row in ipairs(imported.rows) do
    batch[#batch + 1] = table.pack("dataset.put", demo.BOT, row.kind, row.id, row.position, row.body)
  end
  assert(world.store:commit(demo.TENANT, batch))
  return world
end

local Visitor = {}
Visitor.__index = Visitor

function demo.connect(world, path, query)
  local exchange = world:request {
    method = "GET",
    path = path or "/v1/chat",
    query = query or "bot=pk_demo",
    headers = { upgrade = "websocket", origin = "http://localhost:8080" },
  }
  return assert(exchange.session, exchange.body or world.last_error)
end

-- A visitor who has said hello. hello: fields of the frame
function demo.visitor(world, hello)
  local self = setmetatable({ world = world, count = 0, hello = hello or {}, last = 0 }, Visitor)
  self:reconnect()
  return self
end

-- Connects (again) and says hello with what the last ready frame gave.
function Visitor:reconnect()
  local frame = { type = "hello", visitor = self.token, conversation = self.conversation, after = self.last }
  for k, v in pairs(self.hello) do
    frame[k] = v
  end
  self.session = demo.connect(self.world)
  self.world:send(self.session, frame)
  local frames = self.world:take(self.session)
  local ready = table.remove(frames, 1)
  assert(ready and ready.type == "ready", json.encode(ready or {}))
  self.token, self.conversation, self.ready = ready.visitor, ready.conversation, ready
  self:note(frames)
  return frames
end

function Visitor:note(frames)
  for _, frame in ipairs(frames) do
    if frame.type == "message" and frame.seq > self.last then self.last = frame.seq end
  end
end

-- Sends a frame (cid is added) and returns the frames that come back.
function Visitor:send(frame)
  self.count = self.count + 1
  frame.cid = frame.cid or "m" .. self.count
  self.world:send(self.session, frame)
  local frames = self.world:take(self.session)
  self:note(frames)
  return frames
end

-- What the bot says to a text: the texts of its blocks, in order.
function Visitor:say(text) return demo.texts(self:send { type = "message", text = text }) end

-- The texts of the bot's messages among frames.
function demo.texts(frames)
  local list = {}
  for _, frame in ipairs(frames) do
    if frame.type == "message" and frame.from == "bot" then
      for _, block in ipairs(frame.blocks) do
        list[#list + 1] = block.text or block.title
      end
    end
  end
  return list
end

-- Frames of one type.
function demo.of_type(frames, kind)
  local list = {}
  for _, frame in ipairs(frames) do
    if frame.type == kind then list[#list + 1] = frame end
  end
  return list
end

return demo
