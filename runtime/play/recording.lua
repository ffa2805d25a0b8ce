-- A recorded conversation as a list of turns: what the visitor sent, what the
-- bot answered, and the values that its dialogs got from outside.
local json = require "json"
local rows = require "runtime.play.rows"

local recording = {}

local PAGE = 500
local MESSAGES_MAX = 2000 -- of one conversation

local function messages_of(tool, conversation)
  local all, after = {}, 0
  repeat
    local found = rows.query(tool, "recording.messages", conversation, after, PAGE)
    table.move(found, 1, #found, #all + 1, all)
    after = #found > 0 and found[#found].seq or after
  until #found < PAGE or #all >= MESSAGES_MAX
  return all
end

local function text_of(body)
  local blocks = json.decode(body)
  return blocks and blocks[1] and blocks[1].text or ""
end

-- The frame that the visitor's page sent.
local function frame_of(row, input)
  local frame = { type = input.type or "message" }
  for _, name in ipairs { "text", "value", "name", "args", "form", "fields", "file" } do
    frame[name] = input[name]
  end
  if frame.type == "message" and not frame.text then frame.text = text_of(row.body) end
  return frame
end

-- Values by kind, in their order; each wrapped, for a value may be null.
local function add_value(dialog, kind, value)
  local list = dialog.kinds[kind] or json.array {}
  list[#list + 1] = { v = value }
  dialog.kinds[kind] = list
end

-- dialog id -> { command, kinds }. The id is the seq of the turn that began it.
local function dialogs_of(tool, conversation)
  local dialogs = {}
  for _, row in ipairs(rows.query(tool, "dialog.list", conversation)) do
    local dialog = { command = row.command, kinds = {} }
    dialogs[row.dialog] = dialog
    for _, step in ipairs(row.steps and json.decode(row.steps) or {}) do
      add_value(dialog, step[1], step[2])
    end
  end
  for _, row in ipairs(rows.query(tool, "recording.steps", conversation)) do
    local dialog = dialogs[row.dialog] or { kinds = {} } -- one that has not ended
    dialogs[row.dialog] = dialog
    add_value(dialog, row.kind, json.decode(row.value))
  end
  return dialogs
end

-- Numbers of tickets, which the bot tells; looked for where there may be some.
local function numbers_of(tool, conversation, turns, dialogs)
  local may_be = false
  for _, turn in ipairs(turns) do
    may_be = may_be or turn.frame.type == "form"
  end
  for _, dialog in pairs(dialogs) do
    may_be = may_be or dialog.kinds.form ~= nil or dialog.kinds.ticket ~= nil
  end
  local numbers = json.array {}
  for i, row in ipairs(may_be and rows.query(tool, "recording.numbers", conversation) or {}) do
    numbers[i] = row.number
  end
  return numbers
end

-- row: of recording.list -> { id, meta, turns = { { at, frame, shown, said = blocks lists } } }
-- nil when nothing was said in it, or when it does not begin at the beginning.
function recording.read(tool, row)
  local turns, by_seq, first = {}, {}, nil
  for _, message in ipairs(messages_of(tool, row.id)) do
    if message.sender == "visitor" then
      local input = message.input and json.decode(message.input) or {}
      first = first or input
      local turn = {
        at = message.at,
        seq = message.seq,
        frame = frame_of(message, input),
        shown = text_of(message.body),
        said = {},
      }
      turns[#turns + 1] = turn
      by_seq[message.seq] = turn
    elseif message.sender == "bot" and by_seq[message.re] then
      local said = by_seq[message.re].said
      said[#said + 1] = message.body
    elseif message.sender == "human" then
      break -- from here on people answered
    end
  end
  if not first or not first.l or turns[1].seq ~= 1 then return nil end
  local log, dialogs = {}, dialogs_of(tool, row.id)
  log.numbers = numbers_of(tool, row.id, turns, dialogs)
  for id, dialog in pairs(dialogs) do
    local turn = by_seq[math.tointeger(tonumber(id))]
    for i, other in ipairs(turns) do
      if other == turn then log["t" .. i] = dialog end
    end
  end
  local meta = { v = row.visitor, l = first.l, tz = first.tz, r = log }
  return { id = row.id, meta = meta, turns = turns, version = row.version or 0 }
end

return recording
