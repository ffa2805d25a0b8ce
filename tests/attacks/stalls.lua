-- Single calls and instructions that stock Lua spends seconds in: no hook can
-- end those, so the libraries bound them.
local attacks = {}
local slots, colliding = {}, {}

function attacks.stall_rep_empty() return (""):rep(1 << 62) end

function attacks.stall_rep_empty_gap() return (""):rep(1 << 62, "") end

function attacks.stall_move() table.move({}, 1, 1 << 60, 2) end

function attacks.stall_move_negative() table.move({}, -(1 << 62), 1 << 61, 1) end

function attacks.stall_insert_lying()
  table.insert(setmetatable({}, { __len = function() return 1 << 53 end }), 1, 1)
end

function attacks.stall_remove_lying()
  table.remove(setmetatable({}, { __len = function() return 1 << 53 end }), 1)
end

function attacks.stall_concat_lying()
  table.concat(
    setmetatable({}, { __len = function() return 1 << 53 end, __index = function() return "" end })
  )
end

function attacks.stall_sort_lying()
  table.sort(setmetatable({}, { __len = function() return 1 << 30 end }), function() end)
end

function attacks.stall_unpack_lying()
  return table.unpack(setmetatable({}, { __len = function() return 1 << 50 end }))
end

function attacks.stall_concat_range() return table.concat({}, "", 1, 1 << 60) end

function attacks.stall_sort_native()
  local t = {}
  for i = 1, 50000 do
    t[i] = i % 7
  end
  while true do
    table.sort(t, rawequal)
  end
end

function attacks.stall_sort_texts()
  local t, head = {}, ("x"):rep(100000)
  for i = 1, 60 do
    t[i] = head .. i
  end
  while true do
    table.sort(t)
  end
end

function attacks.stall_sort_numbers()
  local t = {}
  for i = 1, 200000 do
    t[i] = (i * 7919) % 100003
  end
  while true do
    table.sort(t)
  end
end

function attacks.stall_insert_front()
  local t = {}
  while true do
    table.insert(t, 1, 1)
  end
end

function attacks.stall_remove_front()
  local t = {}
  for i = 1, 300000 do
    t[i] = i
  end
  while true do
    table.remove(t, 1)
  end
end

function attacks.stall_pattern_optional() return (("a"):rep(40)):find(("a?"):rep(40) .. ("a"):rep(40)) end

function attacks.stall_pattern_lazy() return (("a"):rep(2000)):find((".-"):rep(10) .. "b") end

function attacks.stall_pattern_greedy() return (("a"):rep(2000)):find((".*"):rep(10) .. "b") end

function attacks.stall_pattern_trim() return ((" "):rep(1 << 20) .. "x"):find "%s+$" end

function attacks.stall_pattern_balance() return (("("):rep(1 << 20)):find "%b()" end

function attacks.stall_pattern_set() return (("b"):rep(1 << 20)):find("[" .. ("a"):rep(1 << 16) .. "]") end

function attacks.stall_pattern_back_reference() return (("a"):rep(100000)):find "(.*)%1b" end

function attacks.stall_pattern_frontier() return (("b"):rep(1 << 20)):find("%f[" .. ("a"):rep(1 << 16) .. "]") end

function attacks.stall_pattern_captures() return (("a"):rep(1000)):find(("(a*)"):rep(31) .. "b") end

function attacks.stall_pattern_gmatch()
  for _ in (("a"):rep(1 << 20)):gmatch "a*b" do
  end
end

function attacks.stall_pattern_gsub() return (("a"):rep(1 << 20)):gsub("a*b", "") end

function attacks.stall_pattern_caught()
  while true do
    pcall(string.find, (" "):rep(1 << 18) .. "x", "%s+$")
  end
end

function attacks.stall_gsub_native() return (("x"):rep(1 << 20)):gsub(".", string.upper) end

function attacks.stall_gsub_in_gsub()
  local s = ("x"):rep(5000)
  return s:gsub(".", function() return (s:gsub(".", "y")) end)
end

function attacks.stall_compare_giants()
  local a, b = ("x"):rep(4 << 20) .. "a", ("x"):rep(4 << 20) .. "b"
  while true do
    if a > b then return end
  end
end

function attacks.stall_equal_giants()
  local a, b = ("x"):rep(4 << 20), ("x"):rep(4 << 20)
  while a == b do
  end
end

function attacks.stall_concat_giants()
  local a = ("x"):rep(3 << 20)
  while true do
    if #(a .. a) == 0 then return end
  end
end

function attacks.stall_upper_giants()
  local a = ("x"):rep(4 << 20)
  while true do
    a:upper()
  end
end

function attacks.stall_reverse_sub_byte()
  local a = ("x"):rep(4 << 20)
  while true do
    a:reverse():sub(2):byte(1, 9000)
  end
end

function attacks.stall_tonumber()
  local s = ("1"):rep(4 << 20)
  while true do
    tonumber(s)
  end
end

function attacks.stall_tonumber_base()
  local s = ("z"):rep(4 << 20)
  while true do
    tonumber(s, 36)
  end
end

function attacks.stall_text_arithmetic()
  local s = ("1"):rep(4 << 20)
  while true do
    if s + 1 == 0 then return end
  end
end

function attacks.stall_utf8()
  local s = ("\u{20ac}"):rep(1 << 20)
  while true do
    utf8.len(s)
  end
end

function attacks.stall_utf8_offset()
  local s = ("\u{20ac}"):rep(1 << 20)
  while true do
    utf8.offset(s, -1, 2)
    utf8.offset(s, 1 << 20)
  end
end

function attacks.stall_dead_slots()
  local t = {}
  for i = 1, 100000 do
    t["k" .. i] = 1
  end
  for i = 1, 99999 do
    t["k" .. i] = nil
  end
  while true do
    next(t)
  end
end

function attacks.stall_next_over_turns()
  for i = 1, 20000 do
    slots[#slots + i] = i
  end
  for _ = 1, 1000 do
    next(slots)
  end
end

function attacks.stall_pairs_sorted()
  local t = {}
  for i = 1, 19000 do
    t[("k"):rep(40) .. i] = 1
  end
  while true do
    pairs(t)
  end
end

function attacks.stall_colliding_keys()
  local t = {}
  for i = 1, math.huge do
    t[1 + i * 2.0 ^ -52] = true
  end
end

-- Multiples of 2^n - 1 lie apart in every hash part but the one of 2^n nodes.
function attacks.stall_colliding_integers()
  local t = {}
  for i = 1, 1 << 17 do
    t[i * 65535] = true
  end
end

function attacks.stall_colliding_walked()
  local t = {}
  for i = 1, 8192 do
    t[i * 8191] = true
  end
  while true do
    pcall(pairs, t)
    pcall(next, t, 0)
  end
end

function attacks.stall_colliding_over_turns()
  local from = #colliding
  for i = 1, 1500 do
    colliding[#colliding + 1] = true
    colliding[1 + (from + i) * 2.0 ^ -52] = true
  end
end

function attacks.stall_unpack_formats() return string.unpack(("b"):rep(1 << 20), ("x"):rep(1 << 20)) end

function attacks.stall_pack_size() return string.pack("c2000000000", "") end

function attacks.stall_pack_numbers() return string.pack("!16 i16 c99999999999", 1, "") end

function attacks.stall_format_widths()
  while true do
    (("%99.99f"):rep(30)):format(table.unpack({}, 1, 30))
  end
end

function attacks.stall_json_deep() return require("json").decode(("["):rep(1 << 19) .. ("]"):rep(1 << 19)) end

function attacks.stall_json_numbers()
  local json = require "json"
  local text = "[" .. ("123456789,"):rep(90000) .. "1]"
  while true do
    json.decode(text)
  end
end

function attacks.stall_json_encode()
  local json = require "json"
  local t = {}
  for i = 1, 4000 do
    t["k" .. i] = i
  end
  while true do
    json.encode(t)
  end
end

function attacks.stall_weak_tables()
  local head, mt = {}, { __mode = "k" }
  for _ = 1, 20000 do
    local t = setmetatable({}, mt)
    t[head], head = {}, t
  end
end

function attacks.stall_weak_tables_later()
  local head, mt = {}, {}
  for _ = 1, 20000 do
    local t = setmetatable({}, mt)
    t[head], head = {}, t
  end
  mt.__mode = "k"
end

function attacks.stall_finalizers()
  while true do
    setmetatable({}, {
      __gc = function()
        while true do
        end
      end,
    })
  end
end

function attacks.stall_finalizers_later()
  local mt = { __gc = false }
  setmetatable({}, mt)
  mt.__gc = function()
    while true do
    end
  end
  setmetatable({}, mt)
end

function attacks.stall_index_chain()
  local t = {}
  for _ = 1, 1900 do
    t = setmetatable({}, { __index = t })
  end
  while true do
    if t.nothing then return end
  end
end

function attacks.stall_tostring_in_format()
  local t = setmetatable({}, { __tostring = function() return ("x"):rep(1 << 20) end })
  while true do
    pcall(string.format, "%s%s%s%s%s", t, t, t, t, t)
  end
end

return attacks
