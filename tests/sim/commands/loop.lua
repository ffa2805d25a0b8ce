-- Never ends, and tries to get past what would end it: the first part can be
-- preempted, the second runs below a C function that cannot yield.
local bot = require "bot"

bot.command "loop" {
  title = "Loop",
  hidden = true,
  run = function(_, args)
    while not args.sort do
      pcall(function()
        while true do
        end
      end)
    end
    pcall(table.sort, { 1, 2, 3 }, function()
      while true do
      end
    end)
  end,
}
