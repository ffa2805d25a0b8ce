-- What there is of a bot's scripts: versions with who still uses them, the
-- history of releases, the difference between two.
local host = require "host"
local json = require "json"

local versions = {}

local NEWEST <const> = 1 << 52
local LIST_MAX <const> = 100

-- version -> { conversations, handed_over, dialogs = outcome -> count }
local function uses_of(bot)
  local rows, message, code = host.query("script.use", bot)
  if not rows then return nil, message, code end
  local outcomes
  outcomes, message, code = host.query("script.outcomes", bot)
  if not outcomes then return nil, message, code end
  local uses = {}
  for _, row in ipairs(rows) do
    uses[row.version] = { conversations = row.conversations, handed_over = row.handed_over, dialogs = {} }
  end
  for _, row in ipairs(outcomes) do
    local use = uses[row.version] or { conversations = 0, handed_over = 0, dialogs = {} }
    uses[row.version] = use
    use.dialogs[row.outcome] = row.dialogs
  end
  return uses
end

-- A function version -> how conversations and dialogs on it went.
function versions.outcomes(bot)
  local uses, message, code = uses_of(bot)
  if not uses then return nil, message, code end
  return function(number) return uses[number] or { conversations = 0, handed_over = 0, dialogs = {} } end
end

-- A function version -> how many dialogs are open on it.
function versions.open_dialogs(bot)
  local rows, message, code = host.query("script.open_dialogs", bot)
  if not rows then return nil, message, code end
  local counts = {}
  for _, row in ipairs(rows) do
    local number = math.tointeger(tonumber(string.match(row.version or "", "/(%d+)$")))
    if number then counts[number] = (counts[number] or 0) + row.dialogs end
  end
  return function(number) return counts[number] or 0 end
end

local function recorded(dialogs)
  local sum = 0
  for _, count in pairs(dialogs) do
    sum = sum + count
  end
  return sum
end

local function live_in(releases)
  local now = releases[1] or { main = 0, trial = 0, share = 0 }
  return function(number)
    if number == now.main then return now.trial ~= 0 and 100 - now.share or 100 end
    if number == now.trial then return now.share end
    return 0
  end
end

local function release_shown(row)
  return {
    number = row.number,
    kind = row.kind,
    version = row.main,
    trial = row.trial ~= 0 and row.trial or nil,
    share = row.trial ~= 0 and row.share or nil,
    author = row.author,
    note = row.note,
    at = host.rfc3339(row.at),
  }
end

-- { versions = newest first, releases = newest first }
function versions.list(bot)
  local rows, message, code = host.query("script.version_list", bot, NEWEST, LIST_MAX)
  if not rows then return nil, message, code end
  local releases
  releases, message, code = host.query("script.release_list", bot, NEWEST, LIST_MAX)
  if not releases then return nil, message, code end
  local outcome
  outcome, message, code = versions.outcomes(bot)
  if not outcome then return nil, message, code end
  local open
  open, message, code = versions.open_dialogs(bot)
  if not open then return nil, message, code end
  local live, list, history = live_in(releases), {}, {}
  for i, row in ipairs(rows) do
    local use = outcome(row.number)
    list[i] = {
      version = row.number,
      hash = row.hash,
      author = row.author,
      note = row.note,
      created_at = host.rfc3339(row.created_at),
      live = live(row.number), -- percent of new conversations
      open_dialogs = open(row.number),
      recorded_dialogs = recorded(use.dialogs),
      conversations = use.conversations,
    }
  end
  for i, row in ipairs(releases) do
    history[i] = release_shown(row)
  end
  return { versions = json.array(list), releases = json.array(history) }
end

local function line_count(text)
  local _, count = string.gsub(text, "\n", "")
  return count + (string.sub(text, -1) ~= "\n" and #text > 0 and 1 or 0)
end

local function files_differ(from, to)
  local changes = {}
  for path, text in pairs(to) do
    if from[path] == nil then
      changes[#changes + 1] = { path = path, change = "added", lines = line_count(text) }
    elseif from[path] ~= text then
      changes[#changes + 1] = {
        path = path,
        change = "changed",
        lines = line_count(text) - line_count(from[path]), -- more or fewer
      }
    end
  end
  for path in pairs(from) do
    if to[path] == nil then changes[#changes + 1] = { path = path, change = "removed" } end
  end
  table.sort(changes, function(a, b) return a.path < b.path end)
  return changes
end

local NOUN = { commands = "command", menus = "menu", webhooks = "webhook" }

-- What a declaration says, as one text; functions have no text of their own.
local function said(value)
  if type(value) == "function" then return "function" end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, entry in pairs(value) do
    if key ~= "at" and key ~= "cache" and key ~= "value" then
      parts[#parts + 1] = tostring(key) .. "=" .. said(entry)
    end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local function declarations_differ(from, to)
  local changes = {}
  local function add(kind, name, change) changes[#changes + 1] = { kind = kind, name = name, change = change } end
  for kind, noun in pairs(NOUN) do
    for name, body in pairs(to[kind]) do
      local before = from[kind][name]
      if not before then
        add(noun, name, "added")
      elseif said(before) ~= said(body) then
        add(noun, name, "changed")
      end
    end
    for name in pairs(from[kind]) do
      if not to[kind][name] then add(noun, name, "removed") end
    end
  end
  if said(from.rules or {}) ~= said(to.rules or {}) then add("rules", "fallback", "changed") end
  return changes
end

-- from, to: { files, registry }
function versions.differences(from, to)
  return {
    files = json.array(files_differ(from.files, to.files)),
    declarations = json.array(declarations_differ(from.registry, to.registry)),
  }
end

return versions
