-- The `store` module of scripts: small values by key, of a bot or of one of
-- its visitors. Whose they are comes from the running conversation, never from
-- an argument. Reading is a step; a write is a row of the turn, so it happens
-- once and with the turn's messages, or not at all.
--
-- self.kv: what this turn has written and the store does not show yet; emptied
-- between turns (actors/conversation, prelude/dialog).
local host = require "host"
local json = require "json"
local current = require "prelude.current"
local dialog = require "prelude.dialog"
local plan = require "prelude.plan"
local steps = require "prelude.steps"

local KEY_MAX, VALUE_BYTES_MAX = 64, 4096
local KEYS = { bot = "keys", visitor = "visitor_keys" } -- limits of the plan
local INCR_MS = 15000 -- one batch of the store, at most

local function chat_of(name, key)
  if #key == 0 or #key > KEY_MAX or string.find(key, "[^%w_%.:%-]") then
    error(("%s: 'key' must be 1 to %d letters, digits and _ . : -"):format(name, KEY_MAX), 3)
  end
  return current.get() or error(name .. " works only while a chat is running", 3)
end

-- The bot's values are those of nobody's in particular.
local function scope_of(owner, self) return owner == "visitor" and self.v or "" end

-- Encoded value, or false when there is none. Waits on the store.
local function look(self, scope, key)
  local written = self.kv and self.kv[scope .. "/" .. key]
  if written ~= nil then return written end
  if self.e then return false end
  local rows, message = host.query("kv.get", self.b, scope, key)
  if not rows then error("store: " .. tostring(message), 0) end
  return rows[1] and rows[1].value or false
end

-- value: as JSON, false: none
local function note(self, scope, key, value)
  if self.rehearsal then
    local what = scope == "" and "bot" or "visitor"
    require("prelude.rehearsal").note("store", ("%s %s = %s"):format(what, key, value or "nothing"))
  end
  self.kv = self.kv or {}
  self.kv[scope .. "/" .. key] = value
end

-- A new key needs room. Turns that end at the same moment may pass the limit by one each.
local function need_room(self, owner, scope, name)
  if self.e then return end
  local rows, message = host.query("kv.count", self.b, scope)
  if not rows then error("store: " .. tostring(message), 0) end
  local count = rows[1].count
  for written, value in pairs(self.kv or {}) do
    if value and string.sub(written, 1, #scope + 1) == scope .. "/" then count = count + 1 end
  end
  local most = plan.limit(KEYS[owner])
  if count >= most then error(("%s: there are %d keys already"):format(name, most), 0) end
end

local function forget(chat, scope, key)
  note(chat.self, scope, key, false)
  if not chat.self.e then host.write("kv.delete", chat.self.b, scope, key) end
end

local function owner_functions(owner)
  local kv, label = {}, "store." .. owner .. "."

  function kv.get(key)
    local chat = chat_of(label .. "get", key)
    return steps.value(chat, "store.get", function()
      local value = look(chat.self, scope_of(owner, chat.self), key)
      value = value and json.decode(value)
      if value == json.null then return nil end
      return value or nil
    end)
  end

  function kv.set(key, value)
    local chat = chat_of(label .. "set", key)
    local text, message = json.encode(value)
    if not text then error(("%sset: %s"):format(label, message), 2) end
    if #text > VALUE_BYTES_MAX then
      error(("%sset: the value takes %d bytes as JSON, at most %d"):format(label, #text, VALUE_BYTES_MAX), 2)
    end
    if not steps.effect(chat, "store.set", key) then return end
    local self = chat.self
    local scope = scope_of(owner, self)
    if value == nil then return forget(chat, scope, key) end
    if not look(self, scope, key) then need_room(self, owner, scope, label .. "set") end
    note(self, scope, key, text)
    if not self.e then host.write("kv.put", self.b, scope, key, text, host.now()) end
  end

  function kv.delete(key)
    local chat = chat_of(label .. "delete", key)
    if steps.effect(chat, "store.delete", key) then forget(chat, scope_of(owner, chat.self), key) end
  end

  -- What is there as a whole number.
  local function number(self, scope, key)
    local value = look(self, scope, key)
    local count = value and math.tointeger(tonumber(value))
    if value and not count then error(label .. "incr: what is kept is no whole number", 0) end
    if not value then need_room(self, owner, scope, label .. "incr") end
    return count or 0
  end

  -- The new value comes into being in the database: the count and its step are
  -- one batch, stored at once.
  local function count_now(chat, i, scope, key, by)
    local self = chat.self
    number(self, scope, key)
    dialog.commit(chat, i, "store.incr", INCR_MS, function()
      host.write("kv.incr", self.b, scope, key, by, host.now())
      host.write("kv.incr_step", self.b, scope, key, self.k, self.d.i, i, host.now())
    end)
    local rows, message = host.query("step.get", self.k, self.d.i, i)
    if not rows or not rows[1] then error("store: " .. tostring(message or "the step is gone"), 0) end
    return math.tointeger(tonumber(rows[1].value))
  end

  function kv.incr(key, by)
    local chat = chat_of(label .. "incr", key)
    local self, scope = chat.self, scope_of(owner, chat.self)
    by = by or 1
    if chat.light or self.e then -- no step log: counted with the turn
      if not steps.effect(chat, "store.incr") then return nil end
      local count = number(self, scope, key) + by
      note(self, scope, key, tostring(count))
      if not self.e then host.write("kv.incr", self.b, scope, key, by, host.now()) end
      return self.e and count or nil
    end
    local i = steps.next(chat)
    local done, value = steps.logged(chat, i, "store.incr", ("%s %s by %d"):format(owner, key, by))
    if not done then
      if i == chat.upto then steps.mismatch(chat, "store.incr") end
      value = count_now(chat, i, scope, key, by)
      steps.traced(chat, i, "store.incr", value)
    end
    if i >= chat.upto then
      dialog.settled(chat)
      if self.kv then self.kv[scope .. "/" .. key] = nil end
    end
    return value
  end

  return kv
end

return { bot = owner_functions "bot", visitor = owner_functions "visitor" }
