-- Plays recorded conversations to other scripts and tells what would differ,
-- turn by turn: what is said, commands, effects, status. The clock stands where
-- it stood; random numbers and what came from outside are the log's. Nothing
-- leaves: the store is in memory and the stage has no way out.
--
-- A draft is compared with the version on which the conversation was made,
-- played the same way: so what differs is the draft's doing, and not that the
-- business's data has changed since.
local json = require "json"
local outcome = require "runtime.play.outcome"
local recording = require "runtime.play.recording"
local rows = require "runtime.play.rows"

local rehearse = {}

local LAST, LAST_MAX, PAGE = 200, 10000, 50
local SHOWN_CONVERSATIONS, SHOWN_TURNS = 50, 20
local REST_MS = "70000" -- lets conversations that are over leave memory
local DUE_MAX = 20 -- time-outs between two turns
local MESSAGES = { "messages" }

-- Lets the time-outs happen that were due until then; what they did.
local function pass_time(tool, at)
  local items = {}
  for _ = 1, DUE_MAX do
    local due = tonumber(tool.due())
    if not due or due > at then break end
    tool.clock(tostring(math.tointeger(due)))
    tool.jobs()
    table.move(outcome.hear(tool), 1, 200, #items + 1, items)
  end
  tool.clock(tostring(at))
  return items
end

-- The conversation's turns as these scripts answer them: { items, later, left }
local function play(tool, request, recorded)
  recorded.meta.b = request.bot
  tool.clock(tostring(recorded.turns[1].at))
  tool.seat(recorded.id .. " " .. json.encode(recorded.meta))
  tool.hear()
  local turns = {}
  for i, turn in ipairs(recorded.turns) do
    local later = pass_time(tool, turn.at)
    if turns[i - 1] then turns[i - 1].later = later end
    turn.frame.cid = "t" .. i
    tool.say(json.encode(turn.frame))
    local items, left = outcome.hear(tool)
    turns[i] = { items = items, left = left, later = {} }
    if left and left.ends then break end -- what follows would be a guess
  end
  return turns
end

-- What was said in the recording, as far as it answers the visitor.
local function recorded_turns(recorded)
  local turns = {}
  for i, turn in ipairs(recorded.turns) do
    local items = {}
    for _, body in ipairs(turn.said) do
      outcome.add_blocks(items, json.decode(body) or {})
    end
    turns[i] = { items = items, later = {} }
  end
  return turns
end

local function together(turn)
  return table.move(
    turn.later,
    1,
    #turn.later,
    #turn.items + 1,
    table.move(turn.items, 1, #turn.items, 1, {})
  )
end

-- The turns that differ; nil when all are the same.
local function compare(recorded, was, now, categories)
  local turns = json.array {}
  for i, turn in ipairs(recorded.turns) do
    local a, b = was[i], now[i]
    if not a or not b then break end
    local before, after = together(a), together(b)
    if categories == MESSAGES then
      before, after = a.items, b.items
    end
    local changed = outcome.differ(before, after, categories)
    if (changed or (b.left and not a.left)) and #turns < SHOWN_TURNS then
      changed = changed or json.array {}
      turns[#turns + 1] = {
        turn = i,
        visitor = turn.shown,
        changed = changed,
        was = outcome.lines(before, after, changed),
        now = outcome.lines(after, before, changed),
        left = b.left,
      }
    end
  end
  return turns[1] and turns or nil
end

-- Opens the stage for a version's files, or the draft's. false: not stored any more.
local function opener(tool, request)
  local open
  return function(version)
    if open == version then return true end
    local files = request.files
    if version ~= "draft" then
      files = {}
      if version ~= 0 then
        local row = rows.query(tool, "script.version_files", request.bot, version)[1]
        if not row then return false end
        files = json.decode(row.files)
      end
    end
    open = version
    rows.release(tool, request.bot, files)
    tool.open "rehearsal"
    return true
  end
end

-- Plays recordings on a stage: the turns of each by its place in the list, and
-- whether there was time for all.
local function play_all(tool, request, open, list, version_of)
  local played = {}
  for i, recorded in ipairs(list) do
    if tool.expired() == "yes" then return played, false end
    if open(version_of(recorded)) then played[i] = play(tool, request, recorded) end
  end
  if next(played) then tool.wait(REST_MS) end
  return played, true
end

local function count(result, turns)
  result.differ = result.differ + 1
  local left, changed = false, {}
  for _, turn in ipairs(turns) do
    left = left or turn.left ~= nil
    for _, category in ipairs(turn.changed) do
      changed[category] = true
    end
  end
  for category in pairs(changed) do
    result.changed[category] = result.changed[category] + 1
  end
  if left then result.left_log = result.left_log + 1 end
end

-- like: an earlier conversation that differs first in the same way.
local function show(result, alike, recorded, turns)
  if #result.differences >= SHOWN_CONVERSATIONS then return end
  local first = turns[1]
  local signature = json.encode { first.was, first.now, first.left and first.left.kind or "" }
  result.differences[#result.differences + 1] =
    { conversation = recorded.id, like = alike[signature], turns = turns }
  alike[signature] = alike[signature] or recorded.id
end

local function own_version(recorded) return recorded.version end
local function draft() return "draft" end

-- One page of recordings; false when the time is up.
local function rehearse_page(tool, request, open, list, result, alike)
  table.sort(list, function(a, b)
    if a.version ~= b.version then return a.version > b.version end
    return a.id > b.id
  end)
  local now, in_time = play_all(tool, request, open, list, request.own and own_version or draft)
  local was = {}
  if in_time and not request.own then
    was, in_time = play_all(tool, request, open, list, own_version)
  end
  for i, recorded in ipairs(list) do
    local said = recorded_turns(recorded)
    local base, categories = was[i] or said, was[i] and outcome.categories or MESSAGES
    if not now[i] or (not in_time and not was[i] and not request.own) then
      result.skipped = result.skipped + 1
    else
      result.conversations, result.turns = result.conversations + 1, result.turns + #recorded.turns
      if was[i] and compare(recorded, said, was[i], MESSAGES) then result.moved = result.moved + 1 end
      local turns = compare(recorded, base, now[i], categories)
      if turns then
        count(result, turns)
        show(result, alike, recorded, turns)
      else
        result.same = result.same + 1
      end
    end
  end
  return in_time
end

local function new_result()
  local changed = {}
  for _, category in ipairs(outcome.categories) do
    changed[category] = 0
  end
  return {
    ok = true,
    conversations = 0,
    turns = 0,
    same = 0,
    differ = 0,
    left_log = 0,
    moved = 0, -- would be answered otherwise today, without the draft: the data has changed
    skipped = 0,
    changed = changed,
    differences = json.array {},
  }
end

-- request: bot, files (path -> text; {}: the stock scripts), last; own: each
-- against the recording of what was said, on its own version.
function rehearse.run(tool, request)
  local result, alike = new_result(), {}
  rows.account(tool, request)
  local open = opener(tool, request)
  local before, left, in_time = "~", math.min(request.last or LAST, LAST_MAX), true
  while left > 0 and in_time do
    local found = rows.query(tool, "recording.list", request.bot, before, math.min(left, PAGE))
    local list = {}
    for _, row in ipairs(found) do
      local recorded = recording.read(tool, row)
      list[#list + 1] = recorded
      if not recorded then result.skipped = result.skipped + 1 end
      before, left = row.id, left - 1
    end
    in_time = rehearse_page(tool, request, open, list, result, alike)
    if #found < PAGE then break end
  end
  result.cut_short = not in_time
  return result
end

return rehearse
