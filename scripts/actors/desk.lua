-- The tenant's desk: which people are here, and the queue that they watch. It
-- keeps nothing that matters: people say again and again that they are here
-- (actors/agent.lua), the queue is in the store. Visitors of somebody who
-- stays away go back to the queue. A tool that took a chat by HTTP is never
-- counted as here or away: its id begins with "api:".
local host = require "host"
local json = require "json"
local frame = require "lib.frame"

local desk = {}

local QUEUE_MAX = 200
local SETTLE_MS = 100 -- changes of a busy moment are shown together
local LOOK_MS, GONE_MS = 15000, 90000

-- here: agent id -> when last heard of (host.mono)
-- since: the desk knows nobody at first; people need a moment to say so
function desk.new(kind) return { kind = kind, here = {}, count = 0, since = host.mono() } end

-- The open requests, oldest first; nil when the store is away.
function desk.queue()
  local rows, message = host.query("handover.queue", QUEUE_MAX)
  if not rows then
    host.log("warn", "queue not read: " .. tostring(message), {})
    return nil
  end
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = {
      id = row.id,
      conversation = row.conversation,
      bot = row.bot,
      reason = row.reason,
      status = row.status,
      agent = row.agent_name,
      agent_id = row.agent,
      requested_at = host.rfc3339(row.requested_at),
    }
  end
  return json.array(list)
end

local function show(self)
  if next(self.here) == nil then return end
  local queue = desk.queue()
  if not queue then return host.timer("show", LOOK_MS) end
  local payload = json.encode { frame = frame("queue", { queue = queue, people = self.count }) }
  for id in pairs(self.here) do
    host.send("agent", id, payload)
  end
end

local function count(self)
  local n = 0
  for _ in pairs(self.here) do
    n = n + 1
  end
  self.count = n
end

local function is_away(self, id) return id ~= nil and string.sub(id, 1, 4) ~= "api:" and self.here[id] == nil end

-- Visitors of people who are not here wait again.
local function give_back(self)
  for _, item in ipairs(desk.queue() or {}) do
    if item.status == "assigned" and is_away(self, item.agent_id) then
      host.send(
        "conversation",
        item.conversation,
        json.encode { person = { op = "release", agent = { id = item.agent_id, name = item.agent } } }
      )
    end
  end
end

local ops = {}

function ops.changed() host.timer("show", SETTLE_MS) end

function ops.here(self, mail)
  local new = self.here[mail.agent] == nil
  self.here[mail.agent] = host.mono()
  if not new then return end
  count(self)
  host.timer("show", SETTLE_MS)
  host.timer("look", LOOK_MS)
end

-- A visitor wrote to somebody whose windows are all closed (actors/agent.lua).
function ops.missed(self, mail)
  if self.here[mail.agent] or self.missed then return end
  self.missed = true
  host.timer("look", LOOK_MS)
end

local timers = { show = show }

-- Who was not heard of for so long is away; a short line break is no absence.
function timers.look(self)
  local now, left = host.mono(), self.missed
  for id, seen in pairs(self.here) do
    if now - seen > GONE_MS then
      self.here[id], left = nil, true
    end
  end
  if left and now - self.since > GONE_MS then
    self.missed = nil
    count(self)
    give_back(self)
  end
  if self.missed or next(self.here) then host.timer("look", LOOK_MS) end
end

function desk.deliver(self, kind, a)
  if kind == "timer" then return timers[a](self) end
  local mail = kind == "mail" and json.decode(a)
  if type(mail) == "table" and ops[mail.op] then ops[mail.op](self, mail) end
end

return desk
