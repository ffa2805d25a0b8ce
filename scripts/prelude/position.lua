-- Where the scripts of a bundle are: "commands/order.lua:12", the first frame,
-- from here outwards, in a file of the folders that clients write too. For
-- reports, traces and logs; "" when no script is running.
local FOLDERS = { commands = true, events = true, menus = true, rules = true, webhooks = true }
local NEAREST <const>, DEPTH_MAX <const> = 3, 20

return function()
  for depth = NEAREST, DEPTH_MAX do
    local _, place = pcall(error, "", depth)
    local found, folder = string.match(tostring(place), "^((%l+)/[%w_]+%.lua:%d+): $")
    if FOLDERS[folder] then return found end
  end
  return ""
end
