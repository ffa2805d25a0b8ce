-- A rehearsal as a person reads it: one line that says it all, a picture, then
-- the conversations that would differ, was and would be side by side.
local diff = require "runtime.play.diff"

local BAR = 50 -- characters of the picture
local LIKE_SHOWN = 3

local NAMES = {
  { "messages", "in what is said" },
  { "commands", "in commands" },
  { "effects", "in effects" },
  { "status", "in status" },
  { "errors", "in script errors" },
}

local function bar(part, whole)
  local full = whole > 0 and (part * BAR + whole // 2) // whole or 0
  if part > 0 and full == 0 then full = 1 end
  return ("█"):rep(full) .. ("·"):rep(BAR - full)
end

-- "31 in what is said, 6 in effects; 4 leave the log"
local function reasons(result)
  local parts = {}
  for _, name in ipairs(NAMES) do
    local n = result.changed[name[1]]
    if n > 0 then parts[#parts + 1] = n .. " " .. name[2] end
  end
  local text = table.concat(parts, ", ")
  if result.left_log == 0 then return text end
  return text .. (text ~= "" and "; " or "") .. result.left_log .. " leave the log"
end

local function one_line(text) return (text:gsub("\n", " / ")) end

-- What was said stands bare; what was done has its kind before it.
local BARE =
  { text = true, choices = true, menu = true, form = true, card = true, cards = true, rating = true }

local function texts_of(lines)
  local list = {}
  for i, line in ipairs(lines) do
    list[i] = BARE[line.kind] and line.text or ("→ %s: %s"):format(line.kind, line.text)
  end
  return list
end

local function add_turn(turn, add)
  add("    turn %d, the visitor: %s", turn.turn, one_line(turn.visitor))
  if turn.changed[1] then
    for _, line in ipairs(diff.columns(texts_of(turn.was), texts_of(turn.now))) do
      add("      %s", line)
    end
  end
  local left = turn.left
  if left then
    add(
      "      the path leaves the log: command '%s'%s asks for '%s', which was not recorded%s",
      left.command,
      left.at and " at " .. left.at or "",
      left.kind,
      left.ends and "; the rehearsal of this conversation ends here" or ""
    )
  end
end

local function add_differences(result, add, count)
  local like = {}
  for _, difference in ipairs(result.differences) do
    if difference.like then
      local list = like[difference.like] or {}
      like[difference.like] = list
      list[#list + 1] = difference.conversation
    end
  end
  for _, difference in ipairs(result.differences) do
    if not difference.like then
      add("  %s", difference.conversation)
      for _, turn in ipairs(difference.turns) do
        add_turn(turn, add)
      end
      local others = like[difference.conversation]
      if others then
        local names = table.concat(others, ", ", 1, math.min(#others, LIKE_SHOWN))
        add(
          "    in the same way: %s (%s%s)",
          count(#others, "conversation"),
          names,
          #others > LIKE_SHOWN and ", …" or ""
        )
      end
    end
  end
  local more = result.differ - #result.differences
  if more > 0 then add("  and %s more", count(more, "conversation")) end
end

-- add(format, ...) writes a line; count(n, noun) is "3 turns".
return function(result, add, count)
  add(
    "%s with %s rehearsed: %d the same, %d would differ%s",
    count(result.conversations, "conversation"),
    count(result.turns, "turn"),
    result.same,
    result.differ,
    result.differ > 0 and (" (%s)"):format(reasons(result)) or ""
  )
  if result.conversations > 0 then
    add("  the same      %s %d", bar(result.same, result.conversations), result.same)
    add("  would differ  %s %d", bar(result.differ, result.conversations), result.differ)
  end
  if result.moved > 0 then
    add(
      "%s would be answered otherwise today without the draft, too: the business's data has changed since",
      count(result.moved, "conversation")
    )
  end
  if result.skipped > 0 then
    add("%s without a whole recording left out", count(result.skipped, "conversation"))
  end
  if result.cut_short then add "the time was up before all were rehearsed" end
  if result.differ > 0 then
    add ""
    add("  %s   %s | %s", "", diff.pad "what was", "what would be")
    add_differences(result, add, count)
  end
end
