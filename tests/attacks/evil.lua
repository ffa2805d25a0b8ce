-- Evil values, coroutines, floods and abuse of the chat's own calls.
local attacks = {}
local json, log = require "json", require "log"
local bot = require "bot"

function attacks.evil_error_table() error {} end

function attacks.evil_error_nil() error(nil) end

function attacks.evil_error_number() error(0 / 0) end

function attacks.evil_error_function()
  error(function()
    while true do
    end
  end)
end

function attacks.evil_error_coroutine()
  error(coroutine.create(function() end))
end

function attacks.evil_error_long() error(("x"):rep(1 << 20), 0) end

function attacks.evil_error_binary() error('\0\255\254\r\n{"level":"fatal"}', 0) end

function attacks.evil_error_tostring()
  error(setmetatable({}, { __tostring = function() error "again" end }))
end

function attacks.evil_error_tostring_type()
  error(setmetatable({}, { __tostring = function() return {} end }))
end

function attacks.evil_error_index()
  error(setmetatable({}, {
    __index = function()
      while true do
      end
    end,
    __len = error,
    __pairs = error,
    __name = {},
  }))
end

function attacks.evil_error_deep()
  local t = {}
  for _ = 1, 100000 do
    t = { t }
  end
  error(t)
end

function attacks.evil_return_values() return table.unpack({}, 1, 9000) end

function attacks.evil_return_deep()
  local t = {}
  for _ = 1, 100000 do
    t = { t }
  end
  return t
end

function attacks.evil_assert() assert(false, { 1 }) end

function attacks.co_resume_itself()
  local co
  co = coroutine.create(function() return coroutine.resume(co) end)
  coroutine.resume(co)
end

function attacks.co_loop_inside()
  coroutine.wrap(function()
    while true do
    end
  end)()
end

function attacks.co_loop_in_many()
  while true do
    coroutine.resume(coroutine.create(function()
      for _ = 1, 1e6 do
      end
    end))
  end
end

function attacks.co_nested_loops()
  local function deep(n)
    return coroutine.wrap(function()
      if n == 0 then
        while true do
        end
      end
      while true do
        deep(n - 1)()
      end
    end)
  end
  deep(90)()
end

function attacks.co_nested_without_end()
  local function f() coroutine.wrap(f)() end
  f()
end

function attacks.co_nested_caught()
  local function f() pcall(coroutine.wrap(f)) end
  while true do
    f()
  end
end

function attacks.co_in_metamethods()
  local mt = {}
  mt.__index = function(t, k)
    return coroutine.wrap(function() return t[k + 1] end)()
  end
  return setmetatable({}, mt)[1]
end

function attacks.co_in_sort()
  table.sort({ 3, 2, 1 }, function(a, b)
    return coroutine.wrap(function()
      while true do
        coroutine.yield(a < b)
      end
    end)()
  end)
  while true do
  end
end

function attacks.co_in_gsub()
  return ("abc"):gsub(".", function()
    return coroutine.wrap(function()
      while true do
      end
    end)()
  end)
end

function attacks.co_in_tostring()
  return tostring(setmetatable({}, {
    __tostring = function()
      return coroutine.wrap(function()
        while true do
        end
      end)()
    end,
  }))
end

function attacks.co_ping_pong()
  local a = coroutine.wrap(function()
    while true do
      coroutine.yield()
    end
  end)
  while true do
    a()
  end
end

function attacks.co_kill_caught_outside()
  local co = coroutine.create(function()
    while true do
    end
  end)
  while true do
    coroutine.resume(co)
    pcall(coroutine.resume, co)
  end
end

function attacks.co_dead_resumed()
  local co = coroutine.create(function() error "x" end)
  while true do
    coroutine.resume(co)
  end
end

function attacks.co_many_values()
  local co = coroutine.wrap(function(...)
    while true do
      coroutine.yield(...)
    end
  end)
  while true do
    co(table.unpack({}, 1, 9000))
  end
end

function attacks.co_asks_inside(chat)
  coroutine.wrap(function() chat:ask_text "Your name?" end)()
  while true do
  end
end

local shared

function attacks.co_shared_between_turns()
  shared = shared or coroutine.create(function()
    while true do
      coroutine.yield()
    end
  end)
  for _ = 1, 100000 do
    coroutine.resume(shared)
  end
  coroutine.wrap(function()
    shared = coroutine.create(function()
      while true do
      end
    end)
    coroutine.resume(shared)
  end)()
end

function attacks.flood_say(chat)
  while true do
    chat:say "spam"
  end
end

function attacks.flood_say_caught(chat)
  while true do
    pcall(chat.say, chat, "spam")
  end
end

function attacks.flood_say_long(chat)
  while true do
    chat:say(("x"):rep(100000))
  end
end

function attacks.flood_say_giant(chat) chat:say(("x"):rep(3 << 20)) end

function attacks.flood_log()
  while true do
    log.info "spam"
  end
end

function attacks.flood_log_error()
  while true do
    log.error(("x"):rep(10000))
  end
end

function attacks.flood_log_lines() log.info 'a\n{"level":"fatal","msg":"forged"}\n' end

function attacks.flood_set(chat)
  for i = 1, math.huge do
    chat:set("k" .. i, i)
  end
end

function attacks.flood_steps(chat)
  while true do
    chat:now()
  end
end

function attacks.flood_steps_caught(chat)
  while true do
    pcall(chat.random, chat, 1, 6)
  end
end

function attacks.flood_webhooks()
  while true do
    pcall(function() bot.webhook("nothing"):enqueue {} end)
  end
end

function attacks.flood_show(chat)
  while true do
    chat:show "main"
  end
end

function attacks.flood_blocks(chat)
  while true do
    chat:block { kind = "card", title = ("x"):rep(1000), items = {} }
  end
end

function attacks.flood_submit(chat)
  for i = 1, math.huge do
    chat:submit("lead", { name = "x" .. i, email = "x@example.com" })
  end
end

function attacks.flood_handover(chat)
  while true do
    chat:handover "x"
  end
end

function attacks.api_wrong_values(chat)
  local values = { nil, true, -1, 0 / 0, "", ("x"):rep(70000), {}, next, "\255", { { {} } }, chat }
  for name, f in pairs(getmetatable(chat) or {}) do
    for i = 1, 11 do
      pcall(f, chat, values[i], values[12 - i])
    end
    if name == "" then return end
  end
  for i = 1, 11 do
    pcall(chat.say, chat, values[i])
    pcall(chat.show, chat, values[i])
    pcall(chat.set, chat, values[i], values[i])
    pcall(chat.block, chat, values[i])
    pcall(chat.random, chat, values[i], values[12 - i])
    pcall(chat.date_text, chat, values[i])
  end
end

function attacks.api_cyclic_block(chat)
  local t = { kind = "card" }
  t.t = t
  chat:block(t)
end

function attacks.api_deep_block(chat)
  local t = { kind = "card" }
  for _ = 1, 5000 do
    t = { kind = "card", item = t }
  end
  chat:block(t)
end

function attacks.api_block_metamethods(chat)
  chat:block(setmetatable({ kind = "card" }, {
    __index = function()
      while true do
      end
    end,
    __pairs = error,
  }))
end

function attacks.api_bad_text(chat) chat:say "\255\254\0" end

function attacks.api_foreign_chat(chat)
  shared = shared or chat
  pcall(function() shared:say "from another turn" end)
end

function attacks.api_recursion(chat) chat:go "api_recursion" end

function attacks.api_show_unknown(chat) chat:show "no such menu" end

function attacks.api_form_giant(chat)
  local fields = {}
  for i = 1, 5000 do
    fields[i] = { name = "f" .. i, label = "x" }
  end
  chat:form { name = "giant", fields = fields }
end

function attacks.api_form_evil(chat)
  chat:form(
    setmetatable({ name = {}, fields = setmetatable({}, { __len = function() return 1 << 40 end }) }, {})
  )
end

function attacks.api_choices_giant(chat)
  local choices = {}
  for i = 1, 100000 do
    choices[i] = "c" .. i
  end
  chat:ask_choice("?", choices)
end

function attacks.api_end_and_loop(chat)
  chat:end_chat()
  while true do
  end
end

function attacks.api_tamper_internals(chat)
  for _, name in ipairs { "self", "registry", "log", "upto", "i" } do
    pcall(function()
      chat[name] = setmetatable({}, {
        __index = function()
          while true do
          end
        end,
      })
    end)
  end
  chat:say "done"
end

function attacks.json_evil()
  json.encode(setmetatable({}, {
    __index = function()
      while true do
      end
    end,
    __pairs = error,
    __len = error,
  }))
  local t = {}
  t[1] = t
  json.encode(t)
  json.encode { [1] = 1, [1 << 40] = 2 }
  while true do
    json.decode "[[[["
  end
end

return attacks
