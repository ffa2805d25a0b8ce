-- Loops without end, by every route there is. Each ends at the turn's budget.
local attacks = {}

function attacks.loop_while()
  while true do
  end
end

function attacks.loop_repeat()
  repeat
  until false
end

function attacks.loop_for()
  for _ = 1, math.huge do
  end
end

function attacks.loop_goto()
  ::again::
  goto again
end

function attacks.loop_integers()
  for _ = math.mininteger, math.maxinteger do
  end
end

function attacks.loop_tail_calls()
  local function f() return f() end
  return f()
end

function attacks.loop_mutual_tail_calls()
  local f, g
  function f() return g() end
  function g() return f() end
  return f()
end

function attacks.loop_iterator()
  for _ in function() return 1 end do
  end
end

function attacks.loop_pairs_restarted()
  while true do
    for _ in pairs { 1, 2, a = 3 } do
    end
  end
end

function attacks.loop_next()
  local t, k = { a = 1, b = 2 }, nil
  while true do
    k = next(t, k)
  end
end

function attacks.loop_pcall()
  while true do
    pcall(function()
      while true do
      end
    end)
  end
end

function attacks.loop_pcall_nested()
  local function f()
    pcall(f)
    return f()
  end
  f()
end

function attacks.loop_pcall_of_pcall()
  while true do
    pcall(pcall, pcall, function()
      while true do
      end
    end)
  end
end

function attacks.loop_xpcall_handler()
  xpcall(error, function()
    while true do
    end
  end, "x")
end

function attacks.loop_xpcall_handler_of_kill()
  xpcall(function()
    while true do
    end
  end, function()
    while true do
    end
  end)
end

function attacks.loop_xpcall_error_in_handler()
  while true do
    xpcall(error, function() error "again" end, "x")
  end
end

function attacks.loop_index()
  local t = setmetatable({}, {
    __index = function()
      while true do
      end
    end,
  })
  return t.x
end

function attacks.loop_newindex()
  local t = setmetatable({}, {
    __newindex = function()
      while true do
      end
    end,
  })
  t.x = 1
end

function attacks.loop_call()
  local t = setmetatable({}, { __call = function(self) return self() end })
  t()
end

function attacks.loop_concat()
  return setmetatable({}, {
    __concat = function()
      while true do
      end
    end,
  }) .. "x"
end

function attacks.loop_eq()
  local mt = {
    __eq = function()
      while true do
      end
    end,
  }
  return setmetatable({}, mt) == setmetatable({}, mt)
end

function attacks.loop_lt()
  local mt = {
    __lt = function()
      while true do
      end
    end,
  }
  return setmetatable({}, mt) < setmetatable({}, mt)
end

function attacks.loop_arithmetic()
  return setmetatable({}, {
    __add = function()
      while true do
      end
    end,
  }) + 1
end

function attacks.loop_unm()
  return -setmetatable({}, {
    __unm = function()
      while true do
      end
    end,
  })
end

function attacks.loop_len()
  return #setmetatable({}, {
    __len = function()
      while true do
      end
    end,
  })
end

function attacks.loop_tostring()
  return tostring(setmetatable({}, {
    __tostring = function()
      while true do
      end
    end,
  }))
end

function attacks.loop_format()
  return ("%s"):format(setmetatable({}, {
    __tostring = function()
      while true do
      end
    end,
  }))
end

function attacks.loop_pairs_metamethod()
  for _ in
    pairs(setmetatable({}, {
      __pairs = function()
        while true do
        end
      end,
    }))
  do
  end
end

function attacks.loop_sort()
  table.sort({ 3, 1, 2 }, function()
    while true do
    end
  end)
end

function attacks.loop_sort_endless_order()
  local t = {}
  for i = 1, 20000 do
    t[i] = i
  end
  while true do
    table.sort(t, function() return true end)
  end
end

function attacks.loop_sort_pcall()
  while true do
    pcall(table.sort, { 3, 2, 1 }, function()
      while true do
        pcall(error)
      end
    end)
  end
end

function attacks.loop_gsub()
  return ("xxx"):gsub(".", function()
    while true do
    end
  end)
end

function attacks.loop_gsub_table()
  return ("xxx"):gsub(
    ".",
    setmetatable({}, {
      __index = function()
        while true do
        end
      end,
    })
  )
end

function attacks.loop_gmatch()
  while true do
    for _ in ("a b c"):gmatch "%a" do
    end
  end
end

function attacks.loop_concat_index()
  local t = setmetatable({ 1 }, {
    __index = function()
      while true do
      end
    end,
  })
  return table.concat(t, "", 1, 5)
end

function attacks.loop_unpack_index()
  return table.unpack(
    setmetatable({}, {
      __index = function()
        while true do
        end
      end,
    }),
    1,
    3
  )
end

function attacks.loop_move_newindex()
  return table.move(
    { 1, 2 },
    1,
    2,
    1,
    setmetatable({}, {
      __newindex = function()
        while true do
        end
      end,
    })
  )
end

function attacks.loop_in_parameters(chat)
  chat:say(
    "%s",
    setmetatable({}, {
      __tostring = function()
        while true do
        end
      end,
    })
  )
end

function attacks.loop_error_value()
  error(setmetatable({}, {
    __tostring = function()
      while true do
      end
    end,
  }))
end

return attacks
