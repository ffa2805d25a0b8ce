-- Who listens to which events: the endpoints of this tenant, the webhooks
-- of the bot's scripts that name events, and people who want notices by mail. Asked with every event, so what the store
-- says is kept for three seconds; a new endpoint hears a little later.
local host = require "host"
local event_names = require "lib.event_names"
local json = require "json"
local notices = require "mail.notices"
local releases = require "prelude.releases"

local listeners = {}

local KEEP_MS = 3000

-- cache: event -> true for those that somebody hears; nil: not known yet
local heard, good_until = nil, 0

local function add(found, filters)
  for _, filter in ipairs(filters or {}) do
    for _, name in ipairs(event_names.all) do
      if event_names.fits(filter, name) then found[name] = true end
    end
  end
end

local function refresh()
  good_until = host.mono() + KEEP_MS -- first: others that ask while we wait use what there is
  local rows = host.query "endpoint.listening"
  if not rows then return end
  local people = notices.recipients()
  if not people then return end
  local found = {}
  for _, row in ipairs(rows) do
    if row.state == "on" and not row.script then add(found, json.decode(row.events)) end
  end
  for _, name in ipairs(notices.names(people)) do
    found[name] = true
  end
  heard = found
end

-- What the webhooks of a bot's scripts hear; kept with those scripts.
local function scripts_hear(bot, name, registry)
  if not registry then
    if not bot or not host.may_wait() then return false end
    registry = releases.of { b = bot }
  end
  if not registry.heard then
    local found = {}
    for _, hook in pairs(registry.webhooks) do
      add(found, hook.events)
    end
    registry.heard = found
  end
  return registry.heard[name] == true
end

-- Is there anybody to tell? While that is not known: yes. registry: the bot's
-- live scripts, where the caller has them.
function listeners.hears(name, bot, registry)
  if host.mono() >= good_until and host.may_wait() then refresh() end
  return heard == nil or heard[name] == true or scripts_hear(bot, name, registry)
end

return listeners
