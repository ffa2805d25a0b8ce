-- Are you open on …? With the holidays that come.
local bot = require "bot"
local business = require "business"

local function shifts(hours)
  local list = {}
  for i, shift in ipairs(hours.open) do
    list[i] = shift.from .. "–" .. shift.to
  end
  return table.concat(list, " and ")
end

bot.command "open-on" {
  title = "Are you open on …?",
  words = { "open on", "check a day" },
  run = function(chat)
    local day = chat:ask_date "Which day?"
    local hours = business.hours_on(day)
    if not hours then return chat:say "We have no fixed hours. Just call us." end
    if #hours.open > 0 then
      return chat:say("On %s we are open %s.", chat:date_text(day), shifts(hours))
    end
    chat:say("On %s we are closed%s.", chat:date_text(day), hours.name and (" (%s)"):format(hours.name) or "")
    local _, words = business.next_opening()
    if words then chat:say("We open next %s.", words) end
  end,
}

bot.command "holidays" {
  title = "Holidays",
  words = { "holidays" },
  run = function(chat)
    local lines = {}
    for i, hours in ipairs(business.holidays(60)) do
      local what = #hours.open > 0 and shifts(hours) or "closed"
      lines[i] = ("%s: %s%s"):format(chat:date_text(hours.date), what, hours.name and " (" .. hours.name .. ")" or "")
    end
    chat:say(#lines > 0 and table.concat(lines, "\n") or "There are no holidays in the next weeks.")
  end,
}
