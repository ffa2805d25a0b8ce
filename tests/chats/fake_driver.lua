-- A screenplay's driver on the fake host (tests/lua/fake_host.lua).
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local driver = {}
driver.__index = driver

-- scripts: names of files in tests/chats/scripts/ that are added to the bundle
function driver.new(scripts)
  local extra = {}
  for _, name in ipairs(scripts) do
    extra["commands/" .. name] = files.read("tests/chats/scripts/" .. name)
  end
  return setmetatable({ world = demo.world { extra = extra } }, driver)
end

function driver:visitor(locale) self.talker = demo.visitor(self.world, { locale = locale }) end

function driver:send(frame) return self.talker:send(frame) end

function driver:clock(ms) self.world.clock = ms end

function driver:now() return self.world.clock end

function driver:restart()
  self.world:crash()
  return self.talker:reconnect()
end

function driver:store(up) self.world.store.down = not up end

function driver:outbox()
  local rows = {}
  for i, row in ipairs(self.world.store:all("outbox", "id")) do
    rows[i] = { topic = row.topic, key = row.key, body = json.decode(row.body) }
  end
  return rows
end

-- Errors that scripts have raised: a play that reads well may still have some.
function driver:errors()
  local list = {}
  for _, line in ipairs(self.world.log) do
    if line.level == "error" then list[#list + 1] = line.message end
  end
  return list
end

return driver
