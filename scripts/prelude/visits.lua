-- Facts of a visit: gathered when a visitor says hello, masked by then
-- (lib/visit_facts), and kept with the conversation from its first message on,
-- as far as the bot's settings, the plan and the visitor's consent allow. A
-- visitor who only looks leaves nothing.
--
-- self.f, while there is something to keep: { k level, n level until there is
-- consent, the facts by their names }.
local host = require "host"
local json = require "json"
local facts_of = require "lib.visit_facts"
local plan = require "prelude.plan"

local visits = {}

local NEW_VISIT_MS <const> = 30 * 60000 -- away for so long, the visitor has come again
local levels = facts_of.levels

-- An IANA time zone that there is, or nil.
function visits.zone(name)
  if type(name) ~= "string" or #name > 40 or not string.find(name, "^%a[%w_+/%-]*$") then return nil end
  return host.zone_offset(name, host.now()) and name or nil
end

-- Runs in the system state, where the headers are: what the tenant's state may
-- know of them, or nil. A browser that asks not to be tracked is not.
function visits.arrival(settings, headers)
  local level = levels[settings.tracking or "basic"] or 0
  if level == 0 or headers["sec-gpc"] == "1" or headers.dnt == "1" then return nil end
  return {
    level = level,
    ask = settings.tracking_consent ~= false,
    agent = facts_of.agent(headers["user-agent"]),
  }
end

-- What hello adds to an arrival: self.f of the conversation, or nil.
function visits.gather(arrival, hello, site)
  local level = arrival and math.min(arrival.level, plan.limit "tracking" or levels.deep) or 0
  if level == 0 or hello.gpc == true or hello.dnt == true then return nil end
  local page = type(hello.page) == "table" and hello.page or {}
  local agent = arrival.agent
  local all = {
    browser = agent.browser,
    version = agent.version,
    os = agent.os,
    device = agent.device,
    language = facts_of.language(hello.locale),
    time_zone = visits.zone(hello.tz),
    screen = facts_of.screen(hello.screen),
    landing = facts_of.landing(page.url, site),
    referrer = facts_of.referrer(page.referrer, site),
  }
  local now = level
  if level == levels.deep and arrival.ask and hello.consent ~= true then now = levels.basic end
  local kept = facts_of.allowed(all, level)
  kept.k, kept.n = level, now < level and now or nil
  return kept
end

local function write(self, statement, level)
  local kept = facts_of.allowed(self.f, level)
  local facts = {}
  for name, value in pairs(kept) do
    if #name > 1 then facts[name] = value end -- those of one letter are ours
  end
  local counted = level == levels.deep and 1 or 0
  host.write(statement, self.k, self.b, self.v, json.encode(facts), counted, host.now())
end

-- In the turn that makes the conversation's row. What waits for consent stays in memory.
function visits.store(self)
  local f = self.f
  write(self, "visit.put", f.n or f.k)
  if not f.n then self.f = nil end
end

-- A page was opened in which the conversation goes on.
function visits.come_again(self, meta)
  if meta.f and not meta.after and not meta.f.n and meta.f.k == levels.deep then
    local now = host.now()
    host.write("visit.again", self.k, now, now - NEW_VISIT_MS)
  end
end

-- The visitor has agreed to more being kept, or wants nothing kept.
function visits.consent(self, agreed)
  local f = self.f
  if not agreed then
    self.f = nil
    if self.s then host.write("visit.remove", self.k) end
  elseif f and f.n then
    f.n = nil
    if self.s then visits.store(self) end
  end
end

-- As the API and people who answer see it, or nil.
function visits.show(conversation, nothing)
  local rows = host.query("visit.get", conversation)
  local row = rows and rows[1]
  if not row then return nil end
  local shown = json.decode(row.facts)
  shown.visits = row.visits > 0 and row.visits or nothing
  shown.first_at, shown.last_at = host.rfc3339(row.first_at), host.rfc3339(row.last_at)
  return shown
end

return visits
