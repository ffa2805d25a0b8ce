-- Removes stored bytes that have no row: of uploads that were cut off by a
-- kill, of conversations and accounts that were deleted. In the system state,
-- mailed once an hour by jobs/claimer. Only files older than an hour are
-- looked at (runtime/actor/look.c), so nothing that is on its way is in danger.
local host = require "host"

local sweeper = {}

local FOLDERS <const> = 256

function sweeper.new(kind) return { kind = kind } end

-- true: nobody's. A question that the store cannot answer is no.
local function is_nobodys(name)
  local rows = host.query("file.known", name)
  return rows ~= nil and rows[1] == nil
end

local function sweep_folder(folder)
  local rows = host.stored(folder)
  local removed = 0
  for _, row in ipairs(rows or {}) do
    if is_nobodys(string.sub(row.name, 1, 32)) then
      host.drop_file(row.name)
      removed = removed + 1
    end
  end
  host.commit()
  return removed
end

function sweeper.deliver(_, kind)
  if kind ~= "mail" then return end
  local removed = 0
  for i = 0, FOLDERS - 1 do
    removed = removed + sweep_folder(string.format("%02x", i))
  end
  if removed > 0 then host.log("info", "files without an owner removed", { files = removed }) end
  host.stop()
end

return sweeper
