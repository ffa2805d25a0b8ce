-- Which declarations apply to a conversation now: the facts that the conditions
-- of lib/when ask for. self.pg page that the visitor looks at, kept only for
-- scripts that ask; self.ld what is known of the visitor, { lead, known }.
local host = require "host"
local business = require "prelude.business"
local time = require "lib.time"
local when = require "lib.when"

local conditions = {}

local AGAIN_MAX <const> = 6 * time.HOUR -- a page asks again at least so often, for days with exceptions

-- Looked up in the store once for an actor's stay in memory; a change of the
-- status comes as mail. While the store is away nobody is known.
local function standing(self)
  if self.ld then return self.ld end
  local rows = not self.e and self.v and host.may_wait() and host.query("followup.standing", self.b, self.v)
  local row = rows and rows[1]
  local found = { lead = row and row.lead or "none", known = row ~= nil and row.followups > 0 }
  if rows or self.e then self.ld = found end
  return found
end
conditions.standing = standing

local readers = {
  page = function(self) return self.pg end,
  language = function(self) return self.l end,
  status = function(self) return self.st end,
  open = function(self) return business.open_now(self.b) end,
  minute = function(self) return business.minute_of_day(self.b) end,
  lead = function(self) return standing(self).lead end,
  visitor = function(self) return standing(self).known and "known" or "new" end,
}

-- Facts that are looked up when they are asked for, each once.
function conditions.facts(self)
  return setmetatable({}, {
    __index = function(facts, name)
      local value = readers[name](self)
      facts[name] = value
      return value
    end,
  })
end

local function compiled(declared)
  local made = declared.compiled
  if not made then
    made = when.compile(declared.when)
    declared.compiled = made
  end
  return made
end

-- Does a command, an item or a rule apply? facts: of conditions.facts, where
-- several are asked for.
function conditions.apply(self, declared, facts)
  if not declared.when then return true end
  return when.holds(compiled(declared), facts or conditions.facts(self))
end

-- An item applies where the command that it leads to does, too.
function conditions.item_applies(self, registry, item, facts)
  if not conditions.apply(self, item, facts) then return false end
  local command = item.go and registry.commands[item.go]
  return not command or conditions.apply(self, command, facts)
end

-- What the scripts of a registry ask for: { pages, standing } for the facts
-- that are kept, menu: the list of commands is not the same for everybody.
function conditions.wants(registry)
  if registry.wants then return registry.wants end
  local wants = {}
  local function add(declared, in_menu)
    if type(declared) ~= "table" or not declared.when then return end
    local made = compiled(declared)
    if made.pages then wants.pages = true end
    if made.lead or made.visitor then wants.standing = true end
    if in_menu then wants.menu = true end
  end
  for _, command in pairs(registry.commands) do
    add(command, not command.hidden)
  end
  for _, menu in pairs(registry.menus) do
    for _, item in ipairs(menu.items) do
      add(item)
    end
  end
  for _, rule in ipairs(registry.rules or {}) do
    add(rule)
  end
  registry.wants = wants
  return wants
end

-- In how many ms one of the declarations may begin or cease to apply because
-- of the hour; nil when none looks at the clock.
function conditions.next_change(self, list)
  local spans, state = {}, false
  for _, declared in ipairs(list) do
    local made = declared.when and compiled(declared)
    if made and made.spans then table.move(made.spans, 1, #made.spans, #spans + 1, spans) end
    if made and made.state then state = true end
  end
  local soonest
  if spans[1] then soonest = when.next_change(spans, business.minute_of_day(self.b)) * time.MINUTE end
  if state then
    local change = business.next_change(self.b)
    if change then soonest = math.min(soonest or change, change) end
  end
  return soonest and math.min(soonest, AGAIN_MAX)
end

return conditions
