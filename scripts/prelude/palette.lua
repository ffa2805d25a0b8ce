-- The menu of commands on a visitor's page: sent with `ready`, and again when
-- what it shows has changed. self.mk: which menu the pages have; nil when it is
-- the same for everybody, "" when that is not known (the actor was away).
-- A page asks again by itself when the hour changes what applies (after
-- refresh_ms, by "page" or "menu"), so no timer runs here for a visitor who sits idle.
local host = require "host"
local catalogue = require "prelude.catalogue"
local conditions = require "prelude.conditions"
local releases = require "prelude.releases"
local when = require "lib.when"

local palette = {}

local SPREAD_MS <const> = 10000 -- pages do not all ask in the same moment

local function refresh_field(self, registry)
  local ms = catalogue.next_change(self, registry)
  if not ms then return "" end
  return ',"refresh_ms":' .. ms + 1 + string.unpack("<I2", host.random(2)) * SPREAD_MS // 65536
end

-- The fields of the ready frame's bot, as JSON text with a comma in front.
-- The page is told to say where it is only if that matters; the answer is the menu.
function palette.fields(self)
  local registry = releases.of(self)
  local menu, key = catalogue.json(self, registry)
  local wants = conditions.wants(registry)
  self.mk = wants.menu and key or nil
  local refresh = refresh_field(self, registry)
  local tell = (wants.pages or refresh ~= "") and ',"pages":true' or ""
  return ',"menu":' .. menu .. refresh .. tell
end

local function frame(self, registry, menu)
  return '{"type":"menu","menu":' .. menu .. refresh_field(self, registry) .. "}"
end

-- Tells the pages, if what they show is not what applies. asked: by the page
-- of a session, which is told in any case; by one without a socket: all are.
function palette.refresh(self, session, asked)
  if not releases.need(self.b) then return end -- the store is away: a page asks again
  local registry = releases.of(self)
  if self.mk and not conditions.wants(registry).menu then self.mk = nil end
  if not self.mk and not asked then return end
  local menu, key = catalogue.json(self, registry)
  local changed = self.mk ~= nil and self.mk ~= key
  if self.mk then self.mk = key end
  if changed or (asked and not session) then
    host.emit(frame(self, registry, menu))
  elseif asked then
    host.emit_to(session, frame(self, registry, menu))
  end
end

-- What the pages show turned out to be wrong: they are told at the turn's end.
function palette.stale(self)
  if self.mk then self.mk = "" end
end

-- The visitor left a lead, a callback request or a ticket, whose row is not
-- in the store yet.
function palette.left(self, kind, status)
  if not conditions.wants(releases.of(self)).standing then return end
  local before = conditions.standing(self)
  self.ld = { lead = kind == "lead" and status or before.lead, known = true }
end

-- Where the visitor is; kept for scripts that ask.
function palette.visit(self, url)
  if not conditions.wants(releases.of(self)).pages then return end
  local page = when.page(url)
  if page ~= self.pg then
    self.pg, self.z = page, true
  end
end

-- The team has changed the status of somebody's lead: their conversation is
-- told, if the bot's scripts look at it. In the tenant's state.
function palette.tell_standing(bot, conversation)
  if conversation == "" or not releases.need(bot) then return end
  if conditions.wants(releases.of { b = bot }).standing then
    host.send("conversation", conversation, "standing")
  end
end

return palette
