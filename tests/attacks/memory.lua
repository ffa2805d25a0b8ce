-- Taking memory, by every route there is. `kept` outlives a turn.
local attacks = {}
local kept = {}

function attacks.memory_list()
  local t = {}
  for i = 1, math.huge do
    t[i] = i
  end
end

function attacks.memory_tables()
  local t = {}
  while true do
    t = { t }
  end
end

function attacks.memory_strings()
  local t = {}
  for i = 1, math.huge do
    t[i] = ("x"):rep(1000) .. i
  end
end

function attacks.memory_doubling()
  local s = "x"
  while true do
    s = s .. s
  end
end

function attacks.memory_rep() return ("x"):rep(1 << 40) end

function attacks.memory_rep_caught()
  while true do
    pcall(string.rep, "x", 1 << 30)
  end
end

function attacks.memory_rep_many()
  local t = {}
  while true do
    t[#t + 1] = ("x"):rep((4 << 20) - #t)
  end
end

function attacks.memory_rep_many_caught()
  local t = {}
  while true do
    pcall(function() t[#t + 1] = ("x"):rep((4 << 20) - #t) end)
  end
end

function attacks.memory_closures()
  local t = {}
  for i = 1, math.huge do
    t[i] = function() return i end
  end
end

function attacks.memory_coroutines()
  local t = {}
  for i = 1, math.huge do
    t[i] = coroutine.wrap(function() coroutine.yield(i) end)
  end
end

function attacks.memory_coroutines_caught()
  local t = {}
  while true do
    pcall(function()
      t[#t + 1] = coroutine.create(function() end)
    end)
  end
end

function attacks.memory_recursion()
  local function f() return 1 + f() end
  f()
end

function attacks.memory_recursion_caught()
  local function f() return 1 + f() end
  while true do
    pcall(f)
  end
end

function attacks.memory_recursion_in_pcall()
  local function f()
    local ok = pcall(f)
    return ok
  end
  f()
end

function attacks.memory_varargs()
  local function f(...) return f(1, ...) end
  f()
end

function attacks.memory_select()
  local function f(n, ...)
    if n > 0 then return f(n - 1, n, ...) end
    return select("#", ...)
  end
  while true do
    f(5000)
  end
end

function attacks.memory_unpack()
  local t = {}
  while true do
    t[#t + 1] = { table.unpack({}, 1, 9000) }
  end
end

function attacks.memory_concat()
  local t = {}
  for i = 1, 100 do
    t[i] = ("x"):rep(100000)
  end
  while true do
    t[#t + 1] = table.concat(t, "", #t - 30)
  end
end

function attacks.memory_format()
  local s = ("x"):rep(1 << 20)
  while true do
    s = ("%s%s"):format(s, s)
  end
end

function attacks.memory_gsub()
  local s = "x"
  while true do
    s = s:gsub(".", "%0%0")
  end
end

function attacks.memory_gsub_function()
  local big = ("y"):rep(100000)
  return (("x"):rep(10000):gsub(".", function() return big end))
end

function attacks.memory_pack()
  local t = {}
  while true do
    t[#t + 1] = string.pack("c60000", "")
  end
end

function attacks.memory_char()
  local t = {}
  while true do
    t[#t + 1] = string.char(table.unpack({ 65, 66, 67 }, 1, 3)) .. #t .. ("z"):rep(500)
  end
end

function attacks.memory_json()
  local text = "[" .. ("[1,2,3],"):rep(50000) .. "1]"
  local t = {}
  while true do
    t[#t + 1] = require("json").decode(text)
  end
end

function attacks.memory_metatables()
  local t = {}
  while true do
    t[#t + 1] = setmetatable({}, setmetatable({}, { __index = t }))
  end
end

function attacks.memory_keys()
  local t = {}
  for i = 1, math.huge do
    t["key" .. i] = i
  end
end

function attacks.memory_keys_pairs()
  local t = {}
  for i = 1, 30000 do
    t["key" .. i] = i
  end
  while true do
    pcall(pairs, t)
  end
end

function attacks.memory_kept_between_turns()
  for _ = 1, 100 do
    kept[#kept + 1] = ("x"):rep(100000) .. #kept
  end
end

function attacks.memory_kept_to_the_brim()
  while true do
    kept[#kept + 1] = ("x"):rep(10000) .. #kept
  end
end

function attacks.memory_kept_tables()
  while true do
    kept[#kept + 1] = { {}, {}, {} }
  end
end

function attacks.memory_in_the_chat(chat)
  for i = 1, math.huge do
    chat:set("v" .. i, ("x"):rep(900))
  end
end

function attacks.memory_iterators()
  local t = {}
  while true do
    t[#t + 1] = ("a"):gmatch "a"
  end
end

return attacks
