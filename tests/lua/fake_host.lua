-- The server in one Lua process: states, actors, turns and sessions over the
-- store in memory, with a clock that tests set. It keeps the rules that
-- scripts rely on: one message at a time, one batch a turn, frames only after
-- the commit, park, abandon. crash() drops everything but the store.
local fake_api = require "tests.lua.fake_api"
local json = require "tests.lua.fake_json"
local fake_store = require "tests.lua.fake_store"

local world = {}
world.__index = world

-- options: files = path -> source (see tests/lua/files.lua), clock = ms UTC,
-- settings = name -> value
function world.new(options)
  local self = setmetatable({
    files = options.files,
    version = options.version or "v1",
    clock = options.clock or 1795400000000,
    settings = options.settings or {},
    store = fake_store.new(),
    ids = 0,
    sessions = {},
    exchanges = {},
    log = {},
    states = {},
    actors = {},
    queue = {},
  }, world)
  return self
end

function world:new_id(prefix)
  self.ids = self.ids + 1
  return ("%s_01%024d"):format(prefix, self.ids)
end

-- The state of a tenant, booted at first use.
function world:state(tenant)
  local state = self.states[tenant]
  if not state then
    state = fake_api.boot(self, tenant)
    self.states[tenant] = state
  end
  return state
end

local function actor_key(tenant, kind, key) return tenant .. "/" .. kind .. "/" .. key end

function world:actor(tenant, kind, key)
  local id = actor_key(tenant, kind, key)
  local actor = self.actors[id]
  if not actor then
    actor =
      { tenant = tenant, kind = kind, key = key, id = id, self = self:state(tenant).api.activate(kind, key) }
    self.actors[id] = actor
  end
  return actor
end

function world:post(tenant, kind, key, ...) table.insert(self.queue, { tenant, kind, key, table.pack(...) }) end

-- Carries out what the turn asked for, once its batch is committed.
local function finish(self, actor, turn)
  local ok, message, code = self.store:commit(actor.tenant, turn.writes)
  local rows = self.store.returned
  if not ok then return nil, message, code end
  local effects = turn.effects
  turn.writes, turn.effects = {}, {}
  for _, effect in ipairs(effects) do
    effect()
  end
  return true, rows
end

-- A turn that was not committed: the actor forgets and tells its sender.
local function fail(self, actor, message, code)
  self.actors[actor.id] = nil
  self:note("warn", "turn failed: " .. tostring(message))
  local kind, session, text = table.unpack(actor.message, 1, 3)
  text = actor.message.text or text
  if kind == "failed" then return end
  if kind == "timer" or kind == "mail" then
    session, text = nil, session
  end
  self:post(actor.tenant, actor.kind, actor.key, "failed", session, code, kind, text)
end

function world:note(level, message, fields)
  table.insert(self.log, { level = level, message = message, fields = fields })
end

-- Answers of the host while a turn waits: op -> values for the coroutine.
local waits = {}

function waits.query(self, actor, _, ...) return self.store:query(actor.tenant, ...) end

-- world.http(request) -> row, or nil for no answer; tests set it.
function waits.http(self, _, turn, requests)
  assert(#turn.writes == 0, "commit before calling out")
  local rows = {}
  for i, request in ipairs(requests) do
    rows[i] = self.http and self.http(request) or { code = "unavailable", error = "no such host", ms = 1 }
  end
  return rows
end

-- world.mail(to, message) -> JSON text of what became of it; tests set it.
function waits.mail(self, _, turn, to, message)
  assert(#turn.writes == 0, "commit before sending")
  if not self.mail then return nil, "mail is off", "unavailable" end
  return self.mail(to, message)
end

function waits.ask() return nil, "nobody answers in this test", "timeout" end

-- Runs one message to the end of its turn.
local function run(self, actor, message)
  local state = self:state(actor.tenant)
  local turn = { writes = {}, effects = {} }
  actor.message, state.turn, state.actor = message, turn, actor
  local co, values = actor.co, message
  actor.co = nil
  if not co then
    co = coroutine.create(state.api.deliver)
    values = table.pack(actor.self, table.unpack(message, 1, message.n))
  end
  while true do
    local result = table.pack(coroutine.resume(co, table.unpack(values, 1, values.n)))
    if not result[1] then
      self.actors[actor.id] = nil
      self:note("error", tostring(result[2]))
      self.last_error = debug.traceback(co, tostring(result[2]))
      return
    end
    local op = result[2]
    if coroutine.status(co) == "dead" or op == "park" then
      if op == "park" then actor.co = co end
      local ok, text, code = finish(self, actor, turn)
      if not ok then fail(self, actor, text, code) end
      return
    elseif op == "abandon" then
      return run(self, actor, message)
    end
    state.turn, state.actor = turn, actor
    if op == "commit" then
      values = table.pack(finish(self, actor, turn))
      if not values[1] then return fail(self, actor, values[2], values[3]) end
    else
      values = table.pack(waits[op](self, actor, turn, table.unpack(result, 3, result.n)))
    end
    state.turn, state.actor = turn, actor
  end
end

-- Until nothing is left to do.
function world:settle()
  while #self.queue > 0 do
    local item = table.remove(self.queue, 1)
    local message = item[4]
    local session = self.sessions[message[2]]
    if message[1] == "frame" then -- goes where its session sits by now
      if session and not session.closed then
        run(self, self:actor(session.tenant, session.kind, session.key), message)
      end
    else
      run(self, self:actor(item[1], item[2], item[3]), message)
    end
  end
end

-- A session seated at an actor; meta is the text that "open" brings.
function world:seat(session, tenant, kind, key, meta)
  session.tenant, session.kind, session.key, session.meta = tenant, kind, key, meta
  self:post(tenant, kind, key, "open", session.id, meta)
end

function world:session(stream)
  local session = { id = #self.sessions + 1, out = {}, stream = stream }
  self.sessions[session.id] = session
  return session
end

-- One HTTP request to the system state; returns the exchange once it is
-- answered: { status, headers, body } or { session }.
function world:request(request)
  local exchange = { id = #self.exchanges + 1 }
  self.exchanges[exchange.id] = exchange
  request.headers = request.headers or {}
  self:post(0, "http", "request-" .. exchange.id, "request", exchange.id, request)
  self:settle()
  return exchange
end

-- As the server hands it on: decoded, or the text that it could not decode.
function world:send(session, frame)
  local text = type(frame) == "table" and json.encode(frame) or frame
  local decoded = json.decode(text)
  if decoded == nil then decoded = text end
  self:post(session.tenant, session.kind, session.key, "frame", session.id, decoded)
  self.queue[#self.queue][4].text = text
  self:settle()
end

-- The frames that a session has got since the last look, decoded.
function world.take(_, session)
  local frames = {}
  for i, text in ipairs(session.out) do
    frames[i] = assert(json.decode(text))
  end
  session.out = {}
  return frames
end

-- kill -9: all that is left is the store.
function world:crash()
  self.states, self.actors, self.queue = {}, {}, {}
  for _, session in ipairs(self.sessions) do
    session.closed = true
  end
end

-- Actors without work leave memory; their sessions stay.
function world:passivate() self.actors = {} end

-- A new generation of the scripts. Actors keep their tables and coroutines.
function world:reload(files, version)
  self.files, self.version = files, version
  self.states = {}
end

return world
