-- The `host` functions of one state, as the server binds them (see
-- docs/script-guide.md), on the world of tests/lua/fake_host.lua.
local json = require "tests.lua.fake_json"
local zones = require "tests.lua.fake_zones"

local fake_api = {}

-- pairs in the server's order: integers, then texts bytewise, then booleans.
local function ordered_pairs(t)
  local keys = {}
  for k in next, t do
    keys[#keys + 1] = k
  end
  local rank = { number = 1, string = 2, boolean = 3 }
  table.sort(keys, function(a, b)
    local ra = rank[type(a)] or error("pairs: this key has no fixed order")
    local rb = rank[type(b)] or error("pairs: this key has no fixed order")
    if ra ~= rb then return ra < rb end
    if ra == 3 then return not a and b end
    return a < b
  end)
  local i = 0
  return function()
    i = i + 1
    if keys[i] == nil then return nil end -- t may have an __index
    return keys[i], t[keys[i]]
  end
end

local function base_environment()
  local env = { pairs = ordered_pairs, json = json }
  for _, name in ipairs {
    "assert",
    "error",
    "getmetatable",
    "ipairs",
    "math",
    "next",
    "pcall",
    "rawequal",
    "rawget",
    "rawlen",
    "select",
    "setmetatable",
    "string",
    "table",
    "tonumber",
    "tostring",
    "type",
    "utf8",
    "xpcall",
  } do
    env[name] = _ENV[name]
  end
  return env
end

local function file_functions(world, host)
  local files, cache = world.files, world.compiled or {}
  world.compiled = cache
  function host.compile(name, source, env) return load(source, "=" .. name, "t", env) end

  function host.load(path, env)
    local source = files[path]
    if not source then return nil, "no file '" .. path .. "'", "not_found" end
    local code = cache[source]
    if not code then
      code = string.dump(assert(load(source, "=" .. path, "t")))
      cache[source] = code
    end
    return load(code, "=" .. path, "b", env)
  end

  function host.files(prefix)
    local list = {}
    for path in pairs(files) do
      if path:sub(1, #prefix) == prefix then list[#list + 1] = path end
    end
    table.sort(list)
    return list
  end

  function host.source(path) return files[path] end
end

local function plain_functions(world, state, host)
  function host.now() return world.clock end
  function host.mono() return world.clock end
  function host.self() return state.actor and state.actor.self end
  function host.rfc3339(ms) return os.date("!%Y-%m-%dT%H:%M:%S", ms // 1000) .. (".%03dZ"):format(ms % 1000) end
  function host.random(n) return string.rep("\7", n) end
  function host.new_id(prefix) return world:new_id(prefix) end
  function host.stored() return {} end -- no files: tests/blackbox/test_files.py has them
  function host.sign(purpose, text)
    return ("mac-%s-%d-%s"):format(purpose, state.tenant, (text:gsub("%W", "_")))
  end
  function host.verify(purpose, text, mac) return host.sign(purpose, text) == mac end
  function host.sha256(text) return "sha256-" .. text end
  function host.log(level, message, fields) world:note(level, message, fields) end
  function host.usage() return 0, 0 end
  function host.fault() state.faults = (state.faults or 0) + 1 end
  function host.allow(...) state.allowed = table.pack(...) end
  function host.base64(s)
    return "b64" .. s:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
  end
  function host.unbase64(s)
    return s:sub(1, 3) == "b64"
        and (s:sub(4):gsub("%x%x", function(x) return string.char(tonumber(x, 16)) end))
      or nil
  end
  function host.hmac(key, text) return ("mac(%s,%s)"):format(key:sub(1, 8), text:sub(1, 60)) end
  function host.equal(a, b) return a == b end
  function host.seal(purpose, text) return ("sealed-%s-%d-%s"):format(purpose, state.tenant, text) end
  function host.unseal(purpose, text)
    local head = ("sealed-%s-%d-"):format(purpose, state.tenant)
    return text:sub(1, #head) == head and text:sub(#head + 1) or nil
  end
  function host.check_url(url)
    return not url:find "^https://" and "the address must begin with https://" or nil
  end
  function host.setting(name) return world.settings[name] end
  host.zone_offset = zones.offset
end

local function turn_functions(world, state, host)
  local function later(effect) table.insert(state.turn.effects, effect) end
  local function yielder(op)
    return function(...) return coroutine.yield(op, ...) end
  end
  for _, op in ipairs { "query", "commit", "ask", "http", "mail", "park", "abandon" } do
    host[op] = yielder(op)
  end

  function host.write(name, ...) table.insert(state.turn.writes, table.pack(name, ...)) end

  local function each_session(actor, visit)
    for _, session in ipairs(world.sessions) do
      if
        not session.closed
        and session.tenant == actor.tenant
        and session.kind == actor.kind
        and session.key == actor.key
      then
        visit(session)
      end
    end
  end

  local fill = {
    d = function(value) return ("%d"):format(value) end,
    s = function(value) return value end,
    q = function(value) return json.encode(value) end,
    t = function(value) return '"' .. host.rfc3339(value) .. '"' end,
  }
  function host.emit_as(session, id, template, ...)
    local values, at = { ... }, 0
    local text = template:gsub("%%(.)", function(kind)
      at = at + 1
      return fill[kind](values[at])
    end)
    if session then return host.emit_to(session, text, id) end
    return host.emit(text, id)
  end

  function host.texts(value, ...)
    local found = {}
    for i, name in ipairs { ... } do
      local field = type(value) == "table" and value[name]
      found[i] = type(field) == "string" and field or nil
    end
    return table.unpack(found, 1, select("#", ...))
  end

  function host.whole(f, ...) return f(...) end

  function host.may_wait() return coroutine.isyieldable() end

  function host.weak() return setmetatable({}, { __mode = "v" }) end

  function host.emit(text)
    local actor = state.actor
    later(function()
      each_session(actor, function(session) table.insert(session.out, text) end)
    end)
  end

  function host.emit_to(id, text)
    later(function()
      if not world.sessions[id].closed then table.insert(world.sessions[id].out, text) end
    end)
  end

  function host.signal(text)
    each_session(state.actor, function(session) table.insert(session.out, text) end)
  end

  function host.session_count()
    local n = 0
    each_session(state.actor, function() n = n + 1 end)
    return n
  end

  function host.meta(id) return world.sessions[id].meta end

  function host.bind(id, kind, key, meta)
    later(function() world:seat(world.sessions[id], state.tenant, kind, key, meta) end)
  end

  function host.close(id, code, reason)
    later(function()
      local session = world.sessions[id]
      session.closed, session.code, session.reason = true, code, reason
    end)
  end

  function host.send(kind, key, payload)
    later(function() world:post(state.tenant, kind, key, "mail", payload) end)
  end

  function host.wake()
    later(function() world.woken = (world.woken or 0) + 1 end)
  end

  function host.post(tenant, kind, key, payload)
    assert(state.tenant == 0, "only the system state may name a tenant")
    later(function() world:post(tenant, kind, key, "mail", payload) end)
  end

  function host.timer(name, ms)
    state.actor.timers = state.actor.timers or {}
    state.actor.timers[name] = ms
  end

  function host.stop()
    local actor = state.actor
    later(function() world.actors[actor.id] = nil end)
  end
end

local function exchange_functions(world, host)
  local state = host.state
  host.state = nil
  local function later(effect) table.insert(state.turn.effects, effect) end

  function host.respond(id, status, headers, body)
    later(function()
      local exchange = world.exchanges[id]
      exchange.status, exchange.headers, exchange.body = status, headers, body
    end)
  end

  local function opener(stream)
    return function(id, tenant, kind, key, meta)
      assert(state.tenant == 0, "only the system state may do this")
      later(function()
        local exchange = world.exchanges[id]
        exchange.status, exchange.session = stream and 200 or 101, world:session(stream)
        world:seat(exchange.session, tenant, kind, key, meta)
      end)
    end
  end
  host.upgrade, host.stream = opener(false), opener(true)

  function host.forward(id, tenant, kind, key, payload)
    later(function() world:post(tenant, kind, key, "post", id, payload) end)
  end
end

-- A state: { tenant, api, turn, actor }
function fake_api.boot(world, tenant)
  local state = { tenant = tenant }
  local host = { tenant = tenant, version = world.version, state = state }
  file_functions(world, host)
  plain_functions(world, state, host)
  turn_functions(world, state, host)
  exchange_functions(world, host)
  state.turn = { writes = {}, effects = {} }
  state.environment = base_environment()
  state.host = host
  state.api = assert(host.load("prelude/init.lua", state.environment))(host)
  return state
end

return fake_api
