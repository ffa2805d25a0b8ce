local source_names = require "lib.source_names"

local tests = {}

local KNOWN = { require = true, string = true, ipairs = true, error = true }

local function names(source)
  local list = {}
  for i, use in ipairs(source_names.unknown(source, KNOWN)) do
    list[i] = use.name .. ":" .. use.line
  end
  return table.concat(list, " ")
end

function tests.unknown_names_are_found_where_they_stand(t)
  t.equal(names "local a = 1\nlocal function f()\n  return hours\nend", "hours:3")
  t.equal(names "x = 1", "x:1")
  t.equal(names "local t = { go = hours, say = 'x' }", "hours:1")
  t.equal(names "local a, b = c, d", "c:1 d:1")
  t.equal(names "return f(g)", "f:1 g:1")
end

function tests.what_a_file_declares_is_known(t)
  t.equal(names "local a <const>, b = 1, 2 return a + b", "")
  t.equal(names "local function f(x, ...) return x, f, ... end", "")
  t.equal(names "for i = 1, 3 do error(i) end for k, v in ipairs({}) do error(k .. v) end", "")
  t.equal(
    names "local m = {} function m.f(a) return a end function m:g(b) return self, b end return m",
    "self:1"
  )
end

function tests.fields_keys_labels_and_texts_are_no_names(t)
  t.equal(names "local t = { a = 1, ['b'] = 2 } return t.c + t:d()", "")
  t.equal(names "goto done ::done:: return 'hours', [[menu\nx]], \"y\" -- comment hours", "")
  t.equal(names "local n = 0x1F + 1e5 + 3 .. 'x' return n", "")
  t.equal(names "--[[ hours\n]] return 1", "")
end

return tests
