-- Which versions of a bot's scripts are kept: the newest, those that are live or
-- would be after a rollback, those on which a dialog is open, and those on
-- which a conversation was made that can still be rehearsed. Called by
-- prelude/recordings, once a day.
local host = require "host"
local versions = require "prelude.versions"

local NEWEST <const> = 1 << 52
local PAGE <const> = 100
local KEPT <const> = 20 -- the newest stay, used or not; so many releases are looked back on

-- The versions that releases name which are live, or which a rollback would bring back.
local function released(bot)
  local rows, message, code = host.query("script.release_list", bot, NEWEST, KEPT)
  if not rows then return nil, message, code end
  local named = {}
  for _, row in ipairs(rows) do
    named[row.main], named[row.trial] = true, true
  end
  return named
end

-- A function that says whether a version is needed: released, a dialog open on
-- it, or a recording made on it. before: the conversation before which there
-- are no recordings any more.
local function needed(bot, before)
  local named, message, code = released(bot)
  if not named then return nil, message, code end
  local open, rows
  open, message, code = versions.open_dialogs(bot)
  if not open then return nil, message, code end
  rows, message, code = host.query("script.recorded", bot, before)
  if not rows then return nil, message, code end
  for _, row in ipairs(rows) do
    named[row.version] = true
  end
  return function(number) return named[number] or open(number) > 0 end
end

-- Versions that nobody needs any longer go, but for the newest. How many.
return function(bot, before)
  local is_needed, message, code = needed(bot, before)
  if not is_needed then return nil, message, code end
  local newest, removed, last = KEPT, 0, NEWEST
  local rows
  repeat
    rows, message, code = host.query("script.version_old", bot, last, PAGE)
    if not rows then return nil, message, code end
    for _, row in ipairs(rows) do
      newest, last = newest - 1, row.number
      if newest < 0 and not is_needed(row.number) then
        host.write("script.version_delete", bot, row.number)
        removed = removed + 1
      end
    end
  until #rows < PAGE
  return removed
end
