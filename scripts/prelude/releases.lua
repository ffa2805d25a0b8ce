-- What is live for each bot: the version of its scripts that conversations
-- follow, and the trial that a share of new ones gets. Read at the first
-- conversation of a bot in this state and swapped by refresh() between two
-- messages: conversations look it up and keep nothing, so one swap reaches
-- all of them.
local host = require "host"
local bundle = require "prelude.bundle"

local releases = {}

local NEWEST <const> = 1 << 52 -- before this number: all
local TRIES <const> = 20 -- releases looked back on when the live one does not load

local live = {} -- cache: bot -> { main, trial = registries, arm, share, number }

-- Tells the author: the log, and an event for the bot's endpoints.
function releases.report(bot, number, message)
  host.log("error", "scripts failed: " .. message, { bot = bot, version = number })
  require("prelude.outbox").event({}, "script.failed", { bot = bot, version = number, error = message })
end

-- A registry without faults, or nil and why. code when the store is away.
local function load_clean(bot, number)
  local registry, message, code = bundle.version(bot, number)
  if not registry then return nil, message, code ~= "not_found" and code or nil end
  if number ~= 0 and registry.problems[1] then return nil, registry.problems[1] end
  return registry
end

-- The newest of the releases whose main version loads; the stock scripts when
-- none does. What did not load is reported.
local function load_main(bot, rows)
  local tried = {}
  for _, row in ipairs(rows) do
    if not tried[row.main] then
      tried[row.main] = true
      local registry, message, code = load_clean(bot, row.main)
      if code then return nil, message, code end
      if registry then return registry end
      releases.report(bot, row.main, message)
    end
  end
  return bundle.current()
end

local function load_trial(bot, entry, row)
  if row.trial == 0 then return true end
  local registry, message, code = load_clean(bot, row.trial)
  if code then return nil, message, code end
  if not registry then releases.report(bot, row.trial, message) end
  entry.trial, entry.arm, entry.share = registry, row.arm, row.share
  return true
end

-- Reads what is live and puts it in place. Waits; nil, message, code when the
-- store is away: then what was in place stays.
function releases.refresh(bot)
  local rows, message, code = host.query("script.release_list", bot, NEWEST, TRIES)
  if not rows then return nil, message, code end
  local newest, entry = rows[1], { number = rows[1] and rows[1].number or 0 }
  entry.main, message, code = load_main(bot, rows)
  if not entry.main then return nil, message, code end
  if newest then
    local ok
    ok, message, code = load_trial(bot, entry, newest)
    if not ok then return nil, message, code end
  end
  local now = live[bot]
  if not now or now.number <= entry.number then live[bot] = entry end
  return live[bot]
end

-- Only a bot that somebody talks to in this state has something to swap.
function releases.changed(bot) return live[bot] == nil or releases.refresh(bot) ~= nil end

-- Makes sure that the bot's scripts are there. nil, message, code as refresh.
function releases.need(bot) return live[bot] or releases.refresh(bot) end

-- The registry that a conversation follows now.
function releases.of(self)
  local entry = live[self.b] or releases.refresh(self.b)
  if not entry then error("the scripts of this bot could not be read", 0) end
  if self.a and self.a == entry.arm and entry.trial then return entry.trial end
  return entry.main
end

-- Turns the client's scripts of a bot off: the stock ones are live once this
-- turn is committed. true when there was something to turn off.
function releases.turn_off(bot, reason)
  local rows = host.query("script.release_list", bot, NEWEST, 1)
  local now = rows and rows[1]
  if not now or (now.main == 0 and now.trial == 0) then return false end
  host.write("script.release_put", bot, now.number + 1, "off", 0, 0, 0, 0, "system", reason, host.now())
  releases.report(bot, now.main ~= 0 and now.main or now.trial, reason)
  host.send("tenant", "self", "scripts " .. bot)
  return true
end

-- 0 to 99, the same for a conversation and a trial at any time (FNV-1a).
local function bucket(key, arm)
  local h = 2166136261
  for _, byte in ipairs { string.byte(key .. "/" .. arm, 1, -1) } do
    h = ((h ~ byte) * 16777619) & 0xffffffff
  end
  return (h >> 8) % 100
end

-- The trial that a new conversation takes part in, or nil.
function releases.arm_of(bot, key)
  local entry = live[bot]
  if entry and entry.trial and bucket(key, entry.arm) < entry.share then return entry.arm end
  return nil
end

return releases
