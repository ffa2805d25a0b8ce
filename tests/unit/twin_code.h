/* What both states of lua_twin.h run. Arguments are texts; the result is a
 * text with everything that came back, so that any difference shows. */
#ifndef TESTS_TWIN_CODE_H
#define TESTS_TWIN_CODE_H

#define TWIN_SHOW \
    "local out\n" \
    "local function show(...)\n" \
    "  for i = 1, select('#', ...) do\n" \
    "    local v = select(i, ...)\n" \
    "    v = type(v) == 'string' and string.format('%q', v) or type(v) == 'table' and '{}' or tostring(v)\n" \
    "    out[#out + 1] = v\n" \
    "  end\n" \
    "  out[#out + 1] = ';'\n" \
    "end\n" /* where an error was raised is ours to say */ \
    "local function try(f, ...)\n" \
    "  local r = table.pack(pcall(f, ...))\n" \
    "  if r[1] then return show(table.unpack(r, 1, r.n)) end\n" \
    "  show('error', (tostring(r[2]):gsub('^[%w%.]+:%d+: ', ''):gsub(\"#%d to '[^']*'\", '')))\n" \
    "end\n"

#define TWIN_PATTERNS \
    TWIN_SHOW \
    "return function(s, p, r, n)\n" \
    "  out, n = {}, math.tointeger(n)\n" \
    "  try(string.find, s, p) try(string.find, s, p, n) try(string.find, s, p, n, true)\n" \
    "  try(string.match, s, p) try(string.match, s, p, n)\n" \
    "  try(string.gsub, s, p, r) try(string.gsub, s, p, r, n)\n" \
    "  try(string.gsub, s, p, { a = 'A', b = 1, ['('] = false, aa = true })\n" \
    "  try(string.gsub, s, p, function(...) show(...) return select('#', ...) > 1 and '<' .. tostring(...) " \
    ".. '>' end, n > 0 and n " \
    "or nil)\n" \
    "  try(function() for a, b in string.gmatch(s, p) do show(a, b) end end)\n" \
    "  try(function() for a, b in string.gmatch(s, p, n) do show(a, b) end end)\n" \
    "  return table.concat(out, ' ')\n" \
    "end\n"

#define TWIN_FORMAT \
    TWIN_SHOW \
    "local values = { 0, -1, 65, 3.5, -0.1, 1e300, math.maxinteger, 'text', 'a\\0b\\n\"\\\\', 'nil', " \
    "true,\n" \
    "  setmetatable({}, { __tostring = function() return 'made' end }), '12', math.huge, math.mininteger " \
    "}\n" \
    "return function(f, i)\n" \
    "  out = {}\n" \
    "  local ok, text = pcall(string.format, f, values[tonumber(i)], 7, 'x', 1.5, 2, 3)\n" \
    "  show(ok, ok and text or nil)\n" /* the words of the errors are ours */ \
    "  return table.concat(out, ' ')\n" \
    "end\n"

#define TWIN_OTHERS \
    TWIN_SHOW \
    "return function(s, a, b, c, d)\n" \
    "  out, a, b, c, d = {}, math.tointeger(a), math.tointeger(b), math.tointeger(c), math.tointeger(d)\n" \
    "  try(string.sub, s, a, b) try(string.byte, s, a, b) try(string.rep, s, a, 'xy') try(string.rep, s, " \
    "b)\n" \
    "  try(string.upper, s) try(string.lower, s) try(string.reverse, s) try(string.len, s)\n" \
    "  try(string.char, a + 100, b + 200, c)\n" \
    "  try(utf8.len, s, a, b, d > 0) try(utf8.codepoint, s, a, b, c > 0) try(utf8.offset, s, a, b)\n" \
    "  try(utf8.offset, s, a) try(utf8.char, a * 1000, b, c * 70000)\n" \
    "  try(function() for p, code in utf8.codes(s, a > 0) do show(p, code) end end)\n" \
    "  try(function() for ch in string.gmatch(s, utf8.charpattern) do show(ch) end end)\n" \
    "  local t = { 5, 'b', 3, nil, 2 }\n" \
    "  t = { a, b, c, d, 1, 2 }\n" \
    "  try(table.concat, t, ',', a, b) try(table.concat, { s, a, s, 1.5 }, s) try(table.unpack, t, a, b)\n" \
    "  try(table.insert, t, a, b) try(table.remove, t, c) try(table.insert, t, d) try(table.remove, t)\n" \
    "  try(table.insert, t) try(table.insert, t, 1, 2, 3)\n" \
    "  try(table.unpack, table.move(t, a, b, c)) try(table.unpack, table.move(t, a, b, c, {}), 1, 9)\n" \
    "  t = { a, b, c, d, 3, 3, 0 } try(table.sort, t, function(x, y) return x > y end) try(table.concat, " \
    "t, ' ')\n" \
    "  t = { b, d, a, c, a + 0.5 } try(table.sort, t) try(table.concat, t, ' ')\n" \
    "  t = { s, 'abc', s .. a, '', 'ab' } try(table.sort, t) try(table.concat, t, ' ')\n" \
    "  t = {} for i = 1, a * a + 1 do t[i] = i * b % 17 end try(table.sort, t) try(table.concat, t, ' ')\n" \
    "  for i = 1, #t do t[i] = tostring(t[i]) end table.sort(t, function(x, y) return #x < #y or #x == #y " \
    "and x < y end)\n" \
    "  try(table.concat, t, ' ') try(select, a, 1, 2, 3) try(tostring, a / 3)\n" \
    "  t = table.pack(a, nil, b) show(t.n, t[1], t[3])\n" \
    "  return table.concat(out, ' ')\n" \
    "end\n"

#define TWIN_PROGRAM \
    TWIN_SHOW \
    "local programs = {}\n" \
    "programs[1] = function() local co = coroutine.create(function(a, b) local c = coroutine.yield(a + b)\n" \
    "  local d, e = coroutine.yield(c * 2) return d, e end)\n" \
    "  show(coroutine.status(co)) show(coroutine.resume(co, 1, 2)) show(coroutine.resume(co, 5))\n" \
    "  show(coroutine.status(co)) show(coroutine.resume(co, nil, 7)) show(coroutine.status(co))\n" \
    "  show(coroutine.resume(co)) end\n" \
    "programs[2] = function() for v in coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i) end " \
    "end) do show(v) end end\n" \
    "programs[3] = function() local co = coroutine.create(function() error({}) end)\n" \
    "  local ok, e = coroutine.resume(co) show(ok, type(e)) show(coroutine.status(co), " \
    "coroutine.resume(co)) end\n" \
    "programs[4] = function() local f = coroutine.wrap(function() error('broken') end) try(f) try(f) end\n" \
    "programs[5] = function() local co co = coroutine.create(function() show(coroutine.resume(co))\n" \
    "  show(coroutine.status(co)) end) show(coroutine.resume(co)) end\n" \
    "programs[6] = function() local inner = coroutine.create(function() " \
    "coroutine.yield(pcall(coroutine.yield, 'deep')) end)\n" \
    "  local outer = coroutine.wrap(function() show(coroutine.resume(inner)) coroutine.yield('out')\n" \
    "  show(coroutine.resume(inner, 'back')) show(coroutine.status(inner)) return 'end' end)\n" \
    "  show(outer()) show(outer()) try(outer) end\n" \
    "programs[7] = function() local function gen(n) return coroutine.wrap(function() if n > 0 then\n" \
    "  for v in gen(n - 1) do coroutine.yield(v) end end coroutine.yield(n) end) end\n" \
    "  for v in gen(20) do show(v) end end\n" \
    "programs[8] = function() local co = coroutine.wrap(function() local t = { 3, 1, 2 }\n" \
    "  show(pcall(function() coroutine.yield('in pcall') error('e', 0) end)) " \
    "coroutine.yield(xpcall(function(x) coroutine.yield(x) error('h', 0) end,\n" \
    "  function(m) return 'handled ' .. m end, 9)) end) show(co()) show(co()) show(co()) end\n" \
    "programs[9] = function() show(xpcall(function(...) return ... end, show, 1, nil, 3))\n" \
    "  show(xpcall(error, function(m) return m, 2 end, 'x')) show(pcall(error)) \n" \
    "  try(pcall) try(xpcall) show(select('#', pcall(function() end))) end\n" \
    "programs[10] = function() local mt = { __index = function(_, k) return coroutine.wrap(function() " \
    "coroutine.yield(k .. '!') end)() end,\n" \
    "  __lt = function(a, b) return coroutine.wrap(function() coroutine.yield(true) end)() end }\n" \
    "  local t = setmetatable({}, mt) show(t.x, t < setmetatable({}, mt)) end\n" \
    "programs[11] = function() local co = coroutine.wrap(function() local t = setmetatable({}, { __index = " \
    "function(_, k)\n" \
    "  return coroutine.yield(k) end }) return t.a .. t.b end) show(co()) show(co('x')) show(co('y')) end\n" \
    "programs[12] = function() show(string.gsub('abc', '%w', function(c) return coroutine.wrap(function() " \
    "coroutine.yield(c .. c) end)() end)) end\n" \
    "programs[13] = function() local f = coroutine.wrap(function(...) return select('#', ...), ... end) " \
    "show(f(nil, nil)) end\n" \
    "programs[14] = function() show(coroutine.isyieldable()) coroutine.wrap(function() " \
    "show(coroutine.isyieldable()) end)() end\n" \
    "programs[15] = function() try(coroutine.resume, 1) try(coroutine.create, 1) try(coroutine.wrap) " \
    "try(coroutine.status) end\n" \
    "programs[16] = function() local co = coroutine.create(string.upper) show(coroutine.resume(co, 'x')) " \
    "show(coroutine.status(co)) end\n" \
    "programs[17] = function() local t = {} for i = 1, 100 do t[i] = coroutine.wrap(function() while true " \
    "do coroutine.yield(i) end end) end\n" \
    "  for r = 1, 3 do for i = 1, 100 do show(t[i]()) end end end\n" \
    "return function(i) out = {} programs[tonumber(i)]() return table.concat(out, ' ') end\n"

#define TWIN_PROGRAMS 17

#endif
