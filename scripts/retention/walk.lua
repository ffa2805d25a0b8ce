-- Goes through old rows of a table in the order of a key, some hundred at a
-- time, each a commit of its own: a visitor's turn waits for one of them at most.
local host = require "host"

local walk = {}

walk.ROWS = 300 -- of one commit
local COMMITS = 300 -- of one run of a job; then its CPU time begins anew

-- marks: how far each walk of this night has come, kept from one run to the
-- next, so that rows which stay are not gone through again and again.
function walk.budget(marks) return { left = COMMITS, marks = marks } end

-- key: of this walk among the marks. next_rows(after) -> rows of a *_next statement, or nil, message, code;
-- forget(after, to) writes. true: through; false: the budget is used up;
-- nil, message, code: the store is away.
function walk.through(budget, key, first, next_rows, forget)
  local marks = budget.marks
  if marks[key] == true then return true end
  local after = marks[key] or first
  while true do
    if budget.left <= 0 then
      marks[key] = after
      return false
    end
    budget.left = budget.left - 1
    local rows, message, code = next_rows(after)
    if not rows then return nil, message, code end
    local to = rows[1].last
    if not to then break end
    forget(after, to)
    local ok
    ok, message, code = host.commit()
    if not ok then return nil, message, code end
    if rows[1].rows < walk.ROWS then break end
    after = to
  end
  marks[key] = true
  return true
end

-- The same for a pair of statements that take these values first and, for the
-- one that removes, `before` last. to: the key before which all is old.
function walk.pair(budget, name, first, to, before, ...)
  local values = table.pack(...)
  local function with(...)
    local all = table.move(values, 1, values.n, 1, {})
    local more = table.pack(...)
    table.move(more, 1, more.n, values.n + 1, all)
    return table.unpack(all, 1, values.n + more.n)
  end
  return walk.through(
    budget,
    table.concat({ name, to, ... }, " "),
    first,
    function(after) return host.query(name .. "_next", with(after, to, walk.ROWS)) end,
    function(after, last) host.write(name .. "_forget", with(after, last, before)) end
  )
end

-- run(value) for each value of the first column of a key.
function walk.each(next_name, column, run)
  local at = ""
  while true do
    local rows, message, code = host.query(next_name, at)
    if not rows then return nil, message, code end
    at = rows[1] and rows[1][column]
    if not at then return true end
    local done, why, what = run(at)
    if not done then return done, why, what end
  end
end

return walk
