-- Plays recorded conversations to other scripts and tells what would differ,
-- turn by turn. The clock stands where it stood; random numbers and what came
-- from outside are the log's. Nothing leaves: the store is in memory and the
-- stage has no way out.
local json = require "json"
local recording = require "runtime.play.recording"
local rows = require "runtime.play.rows"

local rehearse = {}

local LAST, LAST_MAX, PAGE = 200, 10000, 100
local SHOWN_CONVERSATIONS, SHOWN_TURNS, TEXT_MAX = 50, 20, 300
local REST_EVERY, REST_MS = 50, "70000" -- conversations after which those that are over leave memory

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- A block as a person reads it.
local function shown(block)
  local text = tostring(block.text or block.title or block.kind)
  local labels = {}
  for i, option in ipairs(block.options or block.items or {}) do
    labels[i] = tostring(option.label)
  end
  if labels[1] then text = text .. " [" .. table.concat(labels, " | ") .. "]" end
  return #text <= TEXT_MAX and text or text:sub(1, TEXT_MAX) .. "..."
end

local function add_blocks(list, blocks)
  for _, block in ipairs(blocks) do
    list[#list + 1] = block
  end
end

local function was_said(turn)
  local blocks = {}
  for _, body in ipairs(turn.said) do
    add_blocks(blocks, json.decode(body) or {})
  end
  return blocks
end

-- What came back: the blocks, and where the path left the log.
local function hear(tool)
  local blocks, left = {}, nil
  for _, frame in ipairs(assert(json.decode(tool.hear()))) do
    if frame.type == "message" and frame.from == "bot" then add_blocks(blocks, frame.blocks) end
    if frame.type == "rehearsal" then left = left or frame.left end
    if frame.type == "error" then blocks[#blocks + 1] = { kind = "error", text = "error: " .. frame.code } end
    if frame.type == "closed" then
      blocks[#blocks + 1] = { kind = "error", text = "the conversation was closed: " .. frame.reason }
    end
  end
  return blocks, left
end

local function texts_of(blocks)
  local list = json.array {}
  for i, block in ipairs(blocks) do
    list[i] = shown(block)
  end
  return list
end

-- The turns that differ; nil when all are the same.
local function play(tool, request, recorded)
  recorded.meta.b = request.bot
  tool.clock(tostring(recorded.turns[1].at))
  tool.seat(recorded.id .. " " .. json.encode(recorded.meta))
  tool.hear()
  local turns = json.array {}
  for i, turn in ipairs(recorded.turns) do
    tool.clock(tostring(turn.at))
    turn.frame.cid = "t" .. i
    tool.say(json.encode(turn.frame))
    local now, left = hear(tool)
    local was = was_said(turn)
    if left or not same(was, now) then
      if #turns < SHOWN_TURNS then
        turns[#turns + 1] =
          { turn = i, visitor = turn.shown, was = texts_of(was), now = texts_of(now), left = left }
      end
      if left and left.ends then break end -- what follows would be a guess
    end
  end
  return turns[1] and turns or nil
end

-- Opens the stage for the version that is to be compared, once for each.
local function opener(tool, request)
  local open
  return function(version)
    local wanted = request.own and version or "draft"
    if open == wanted then return end
    open = wanted
    local files = request.files
    if request.own then
      files = {}
      if version ~= 0 then
        local row = rows.query(tool, "script.version_files", request.bot, version)[1]
        files = row and json.decode(row.files) or error("version " .. version .. " is not stored", 0)
      end
    end
    rows.release(tool, request.bot, files)
    tool.open "rehearsal"
  end
end

local function each_recording(tool, request, visit)
  local before, left = "~", math.min(request.last or LAST, LAST_MAX)
  while left > 0 do
    local found = rows.query(tool, "recording.list", request.bot, before, math.min(left, PAGE))
    for _, row in ipairs(found) do
      if tool.expired() == "yes" then return true end
      visit(row)
      before, left = row.id, left - 1
    end
    if #found < PAGE then return false end
  end
  return false
end

-- request: bot, files (path -> text; {}: the stock scripts), last; own: each
-- against the version on which it was recorded.
function rehearse.run(tool, request)
  local result = {
    ok = true,
    conversations = 0,
    turns = 0,
    same = 0,
    differ = 0,
    left_log = 0,
    skipped = 0,
    differences = json.array {},
  }
  rows.account(tool, request)
  local open = opener(tool, request)
  result.cut_short = each_recording(tool, request, function(row)
    local recorded = recording.read(tool, row)
    if not recorded then
      result.skipped = result.skipped + 1
      return
    end
    open(recorded.version)
    local turns = play(tool, request, recorded)
    result.conversations, result.turns = result.conversations + 1, result.turns + #recorded.turns
    if result.conversations % REST_EVERY == 0 then tool.wait(REST_MS) end
    if not turns then
      result.same = result.same + 1
      return
    end
    result.differ = result.differ + 1
    local left = false
    for _, turn in ipairs(turns) do
      left = left or turn.left ~= nil
    end
    if left then result.left_log = result.left_log + 1 end
    if #result.differences < SHOWN_CONVERSATIONS then
      result.differences[#result.differences + 1] = { conversation = recorded.id, turns = turns }
    end
  end)
  return result
end

return rehearse
