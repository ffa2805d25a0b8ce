-- A second round: error values with metamethods, storms of coroutines, hostile
-- comparators, floods of what is kept, calls on a false self, tampering.
local attacks = {}
local json, log, store, http = require "json", require "log", require "store", require "http"
local bot = require "bot"

local function escaped(chat, yes)
  if yes then chat:say "ESCAPED" end
end

local function spin()
  while true do
  end
end

---- errors ----

function attacks.error_concat_metamethod()
  local e = setmetatable({}, { __concat = spin, __tostring = spin, __name = "e", __index = spin })
  local ok, message = pcall(error, e)
  error(message)
end

function attacks.error_in_error_handler()
  local function handler(e) return xpcall(error, handler, e) end
  xpcall(error, handler, "x")
  error(setmetatable({}, { __tostring = function() return ("x"):rep(4 << 20) end }))
end

function attacks.error_chain_of_causes()
  local e = "x"
  while true do
    local _, next_one = pcall(error, { cause = e })
    e = next_one
  end
end

function attacks.error_levels()
  for level = -5, 300 do
    pcall(error, "x", level)
  end
  pcall(error, "x", math.maxinteger)
  pcall(error, "x", math.mininteger)
  error("x", 1 << 31)
end

function attacks.error_across_coroutines()
  local function nest(n)
    if n == 0 then error(setmetatable({}, { __tostring = spin })) end
    return coroutine.wrap(nest)(n - 1)
  end
  nest(90)
end

function attacks.error_looks_like_a_kill()
  while true do
    pcall(error, "stopped: the turn has used up its CPU time")
    pcall(error, "not enough memory", 0)
  end
end

function attacks.error_with_secret(chat)
  local secret = bot.secret "ATTACK"
  escaped(chat, tostring(secret):find "swordfish" ~= nil)
  escaped(chat, (json.encode { secret } or ""):find "swordfish" ~= nil)
  log.info(tostring(secret))
  log.info("%s", secret)
  error(secret)
end

---- metamethods ----

function attacks.meta_index_chain()
  local t = {}
  for _ = 1, 1900 do
    t = setmetatable({}, { __index = t })
  end
  while true do
    local _ = t.x
  end
end

function attacks.meta_index_circle()
  local a, b = {}, {}
  setmetatable(a, { __index = b })
  setmetatable(b, { __index = a })
  while true do
    pcall(function() return a.x end)
    pcall(function() a.x = 1 end)
  end
end

function attacks.meta_call_chain()
  local f = function() end
  for _ = 1, 100000 do
    f = setmetatable({}, { __call = f })
  end
  f()
end

function attacks.meta_concat_bomb()
  local mt = {}
  mt.__concat = function(a, b) return setmetatable({ a, b }, mt) .. a end
  return setmetatable({}, mt) .. "x"
end

function attacks.meta_lt_in_sort()
  local mt = {
    __lt = function()
      return coroutine.wrap(function() spin() end)()
    end,
  }
  local t = {}
  for i = 1, 100 do
    t[i] = setmetatable({}, mt)
  end
  table.sort(t)
end

function attacks.meta_eq_storm()
  local mt = { __eq = function(a, b) return a[1] == b[1] end }
  local a, b = setmetatable({}, mt), setmetatable({}, mt)
  a[1], b[1] = a, b
  return a == b
end

function attacks.meta_pairs_for_ever()
  for _ in
    pairs(setmetatable({}, {
      __pairs = function()
        return function() return 1 end
      end,
    }))
  do
  end
end

function attacks.meta_close_abuse(chat)
  escaped(chat, (pcall(function()
    local x <close> = setmetatable({}, { __close = spin })
    return x
  end)))
  for _, value in ipairs { 1, "x", {}, print and print or 2 } do
    escaped(chat, (pcall(function()
      local x <close> = value
      return x
    end)))
  end
end

function attacks.meta_shared_between_bots(chat)
  for _, value in ipairs { "", chat, json.null, string, json, log, store, store.bot, http, bot } do
    escaped(chat, (pcall(setmetatable, value, {})))
    local mt = getmetatable(value)
    escaped(chat, type(mt) == "table")
  end
end

---- coroutines ----

function attacks.co_wrap_storm()
  while true do
    pcall(function()
      for _ = 1, 1e5 do
        coroutine.wrap(function() coroutine.yield() end)()
      end
    end)
  end
end

function attacks.co_wrap_of_wrap()
  local function f() return coroutine.wrap(f)() end
  f()
end

function attacks.co_yield_across_everything()
  local co
  co = coroutine.wrap(function()
    local t = setmetatable(
      {},
      { __index = coroutine.yield, __lt = coroutine.yield, __concat = coroutine.yield }
    )
    local _ = t.x, t < t, t .. "x"
    table.sort({ 3, 2, 1 }, coroutine.yield)
    return (("x"):gsub(".", coroutine.yield))
  end)
  while true do
    pcall(co)
  end
end

function attacks.co_status_of_the_dead()
  local list = {}
  for i = 1, 900 do
    list[i] = coroutine.create(spin)
  end
  while true do
    for i = 1, #list do
      coroutine.status(list[i])
      coroutine.resume(list[i])
    end
  end
end

function attacks.co_error_storm()
  while true do
    local co = coroutine.create(error)
    coroutine.resume(co, setmetatable({}, { __tostring = spin }))
    coroutine.resume(co)
  end
end

---- bombs ----

function attacks.bomb_billion_laughs()
  local s = "ha"
  for _ = 1, 40 do
    s = s:gsub("ha", "haha")
  end
end

function attacks.bomb_format_of_format()
  local s = "%s"
  while true do
    s = s:rep(2)
    s = s:format(table.unpack({}, 1, select(2, s:gsub("%%s", ""))))
  end
end

function attacks.bomb_concat_numbers()
  local t = {}
  for i = 1, 400000 do
    t[i] = i + 0.123456789
  end
  while true do
    table.concat(t, ("x"):rep(8))
  end
end

function attacks.bomb_utf8()
  local t = {}
  for i = 1, 9000 do
    t[i] = 0x7fffffff
  end
  while true do
    local s = utf8.char(table.unpack(t))
    utf8.len(s, 1, -1, true)
    for _ in utf8.codes(s:rep(10), true) do
    end
  end
end

function attacks.bomb_json_text()
  while true do
    json.decode('{"a":' .. ("["):rep(5000) .. ("]"):rep(5000) .. "}")
    json.decode('"' .. ("\\ud83d\\ude00"):rep(40000) .. '"')
    json.decode(("[1e308,"):rep(20000))
  end
end

function attacks.bomb_json_names()
  local names = {}
  for i = 1, 30000 do
    names[i] = ('"%d":%d'):format(i, i)
  end
  local text = "{" .. table.concat(names, ",") .. "}"
  while true do
    pcall(json.decode, text)
  end
end

function attacks.bomb_json_numbers_as_keys()
  local t = {}
  for i = 1, 8000 do
    t[i * 8191] = i
  end
  while true do
    pcall(json.encode, t)
  end
end

function attacks.bomb_steps_of_a_for()
  for _ = math.mininteger, math.maxinteger, math.maxinteger do
  end
  for _ = 1, math.huge, 1e-300 do
  end
end

function attacks.bomb_select_negative()
  local function f(...) return select("#", ...) + select(-1, ...) end
  while true do
    f(table.unpack({}, 1, 9999), 1)
  end
end

function attacks.bomb_closures_with_many_upvalues()
  local a, b, c, d, e, f, g, h = {}, {}, {}, {}, {}, {}, {}, {}
  local list = {}
  while true do
    list[#list + 1] = function() return a, b, c, d, e, f, g, h end
  end
end

function attacks.bomb_garbage_with_long_chains()
  local head
  while true do
    head = { head }
    if #tostring(head) == 0 then return end
  end
end

function attacks.bomb_array_and_back()
  local t = {}
  while true do
    for i = 1, 4000 do
      t[i * 2] = i
    end
    for i = 1, 8000 do
      t[i] = nil
    end
  end
end

---- libraries with hostile values ----

function attacks.lib_sort_comparator_mutates()
  local t = {}
  for i = 1, 5000 do
    t[i] = i
  end
  while true do
    pcall(table.sort, t, function(a, b)
      t[#t + 1] = 1
      t[(a or 1) % 100 + 1] = nil
      return (a or 0) > (b or 0)
    end)
  end
end

function attacks.lib_gsub_replaces_by_index()
  local t = setmetatable({}, { __index = function(_, k) return k:rep(100) end })
  while true do
    pcall(string.gsub, ("abc"):rep(10000), "%w", t)
  end
end

function attacks.lib_insert_and_remove_with_index()
  local t = setmetatable({}, {
    __len = function() return 400000 end,
    __index = function(_, k) return k end,
    __newindex = function() end,
  })
  while true do
    pcall(table.insert, t, 1, "x")
    pcall(table.remove, t, 1)
    pcall(table.move, t, 1, 400000, 2)
  end
end

function attacks.lib_pack_everything()
  while true do
    pcall(string.pack, ("s4z"):rep(300), table.unpack({}, 1, 600))
    pcall(string.unpack, ("s1"):rep(300), ("\255"):rep(100000))
  end
end

---- the platform ----

function attacks.api_false_self(chat)
  local fake = setmetatable(
    { say = chat.say, id = chat.id, public = chat },
    { __index = chat, __metatable = false }
  )
  for _, self in ipairs { {}, fake, "chat", 1, chat.say, setmetatable({}, { __index = chat }) } do
    escaped(chat, (pcall(chat.say, self, "hello")))
    escaped(chat, (pcall(chat.set, self, "name", 1)))
    escaped(chat, (pcall(chat.handover, self)))
  end
end

function attacks.api_inside_is_closed(chat)
  for _, name in ipairs {
    "self",
    "registry",
    "public",
    "input",
    "log",
    "upto",
    "early",
    "rehearsal",
    "begun",
    "i",
  } do
    escaped(chat, (pcall(function() return chat[name].x end)))
    escaped(chat, rawget(chat, name) ~= nil)
  end
  for name, value in pairs(chat) do
    escaped(chat, type(value) == "table" and name ~= "args")
  end
end

function attacks.api_arguments_with_metamethods(chat)
  local evil = setmetatable(
    {},
    { __index = spin, __len = spin, __pairs = spin, __tostring = spin, __name = spin }
  )
  for _, call in ipairs { "say", "block", "ask_choice", "form", "lead", "ticket", "submit", "set", "rating" } do
    pcall(chat[call], chat, evil, evil, evil)
  end
  pcall(log.info, evil)
  pcall(store.bot.set, "key", evil)
  pcall(http.post, evil, evil)
end

function attacks.api_store_flood()
  for i = 1, math.huge do
    store.bot.set("flood" .. i % 2000, ("x"):rep(4000))
  end
end

function attacks.api_store_flood_caught()
  while true do
    for i = 1, 2000 do
      pcall(store.visitor.set, "flood" .. i, i)
      pcall(store.bot.get, "none" .. i)
    end
  end
end

function attacks.api_http_flood()
  for i = 1, math.huge do
    pcall(http.get, "https://127.0.0.1:1/" .. i)
    pcall(http.get, "http://[::1]/")
    pcall(http.get, "https://169.254.169.254/latest/meta-data")
  end
end

function attacks.api_log_forges_lines(chat)
  log.info 'x"}\n{"level":"fatal","msg":"forged"}'
  log.info(("\27[2J"):rep(100))
  log.error("\0\1\2\255")
  chat:say "done"
end

function attacks.api_go_in_circles(chat)
  while true do
    pcall(chat.go, chat, "api_go_in_circles")
    pcall(chat.go, chat, "menu")
  end
end

function attacks.api_ask_without_end(chat)
  while true do
    chat:ask_text("again?", { timeout = "1s", on_timeout = { value = "x" }, tries = 1000 })
  end
end

function attacks.api_dates_and_numbers(chat)
  for _, value in ipairs { 1e308, -1e308, 0 / 0, math.mininteger, math.maxinteger, "9999-99-99", "" } do
    pcall(chat.date_text, chat, value)
    pcall(chat.random, chat, value, value)
    pcall(chat.ask_number, chat, "?", { min = value, max = value, tries = value })
    pcall(chat.rating, chat, "?", { max = value })
  end
end

---- tampering ----

function attacks.tamper_shared_tables(chat)
  for _, name in ipairs { "lib.phrases", "lib.words", "lib.stock_forms", "lib.text", "lib.time", "lib.facts" } do
    local ok, module = pcall(require, name)
    if ok and type(module) == "table" then
      for key, value in pairs(module) do
        escaped(chat, (pcall(rawset, module, key, nil)))
        escaped(chat, (pcall(function() module[key] = 1 end)))
        if type(value) == "table" then
          escaped(chat, (pcall(rawset, value, 1, "x")))
          escaped(chat, (pcall(table.insert, value, "x")))
          escaped(chat, (pcall(table.sort, value, function() return true end)))
          escaped(chat, (pcall(table.move, { 1 }, 1, 1, 1, value)))
        end
      end
    end
  end
end

function attacks.tamper_plans(chat)
  for _, name in ipairs { "plans", "prelude.plan", "prelude/plan", "lib.plans", "lib..plans", "lib.../plans" } do
    escaped(chat, (pcall(require, name)))
  end
end

function attacks.tamper_declarations_at_run_time(chat)
  escaped(chat, (pcall(function() bot.command "late" { say = "ESCAPED" } end)))
  escaped(chat, (pcall(function() bot.fallback { { after = 1, say = "ESCAPED" } } end)))
  escaped(chat, (pcall(function()
    bot.on("command.used", function(c) c:say "ESCAPED" end)
  end)))
  chat:go "help"
end

function attacks.tamper_arguments_of_the_chat(chat)
  chat.args.x = setmetatable({}, { __index = spin })
  chat.id, chat.locale, chat.command = "conv_x", "xx", {}
  chat:say "{hours.today}"
  chat:ask_text "?"
end

return attacks
