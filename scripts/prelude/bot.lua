-- The `bot` module that a bundle's files see: declarations, nothing else.
-- Each is checked where it is written; what is wrong goes to the registry's
-- list of problems with its file:line and in the author's words, so that one
-- check shows all of them. References between files are prelude/check's.
local shape = require "prelude.shape"
local signature = require "prelude.signature"

-- "commands/hours.lua:9" of the script that called the bot function. `depth`
-- counts the frames between here and there.
local function where(depth)
  local _, position = pcall(error, "", depth + 3)
  return (string.gsub(position, ": $", ""))
end

-- One declaration of a named thing: kept, or reported and still kept, so that
-- what refers to it is not reported as well.
local function declare(registry, kind, name, body)
  local at = where(2)
  local store = registry[kind]
  if type(name) ~= "string" or not string.find(name, "^[%l][%l%d_%-]*$") or #name > 40 then
    registry:problem(
      at,
      ("a %s needs a name of lower-case letters, digits, '_' and '-', not '%s'"):format(
        shape.noun[kind],
        tostring(name)
      )
    )
    return
  end
  if store[name] then
    registry:problem(at, ("%s '%s' is already declared at %s"):format(shape.noun[kind], name, store[name].at))
    return
  end
  for _, text in ipairs(shape.check(kind, name, body)) do
    registry:problem(at, text)
  end
  if type(body) ~= "table" then body = {} end
  body.name, body.at = name, at
  store[name] = body
  registry.order[#registry.order + 1] = body
end

-- A name alone declares nothing: it is remembered until its table comes.
local function declarer(registry, kind)
  return function(name)
    local begun = { subject = ("%s '%s'"):format(shape.noun[kind], tostring(name)), at = where(1) }
    registry.begun[#registry.begun + 1] = begun
    return function(body)
      begun.done = true
      declare(registry, kind, name, body)
    end
  end
end

-- bot.webhook "name" is a handle: called with a table it declares, with
-- :enqueue or :post it sends.
local function webhooks(registry, outbox)
  local handle = { __metatable = false }
  local function sender(way)
    return function(self, body)
      if type(self) ~= "table" or not rawget(self, "name") then
        error(('a webhook is sent with a colon: bot.webhook "name":%s { ... }'):format(way), 2)
      end
      if not registry.webhooks[self.name] then
        error(("webhook '%s' is not declared"):format(self.name), 2)
      end
      return outbox[way](self.name, body)
    end
  end
  local ways = { enqueue = sender "enqueue", post = sender "post" }
  function handle.__index(_, name)
    return ways[name] or error(("a webhook has :post and :enqueue, not '%s'"):format(tostring(name)), 2)
  end
  handle.__call = function(self, body) declare(registry, "webhooks", self.name, body) end
  return function(name)
    if not registry.sealed then
      registry.uses[#registry.uses + 1] = { kind = "webhooks", name = name, at = where(1) }
    end
    return setmetatable({ name = name }, handle)
  end
end

local function fallback(registry, rules)
  local at = where(2)
  for _, text in ipairs(shape.check_rules(rules)) do
    registry:problem(at, text)
  end
  if registry.rules then
    registry:problem(at, "fallback rules are already declared at " .. registry.rules.at)
  elseif type(rules) == "table" then
    rules.at = at
    registry.rules = rules
  end
end

local function on(registry, event, handler)
  local at = where(2)
  if not shape.is_event(event) then
    registry:problem(at, ("there is no event '%s'"):format(tostring(event)))
  elseif type(handler) ~= "function" then
    registry:problem(at, ("bot.on '%s' needs a function"):format(event))
  else
    local handlers = registry.handlers[event] or {}
    handlers[#handlers + 1] = handler
    registry.handlers[event] = handlers
    registry.listens = true
  end
end

local function unknown(_, name)
  error(
    ("bot.%s does not exist (there are command, menu, fallback, webhook, on, secret, HANDOVER)"):format(name),
    2
  )
end

-- Names a secret of the bot; its value is put in where it is used, never here.
local function secret(registry, name)
  if type(name) ~= "string" or not string.find(name, "^[%u][%u%d_]*$") or #name > 64 then
    error(
      ("bot.secret: 'name' must be capital letters, digits and '_', as in bot.secret \"CRM_URL\", not %s"):format(
        signature.show(name)
      ),
      2
    )
  end
  if not registry.sealed then registry.secrets[#registry.secrets + 1] = { name = name, at = where(1) } end
  return { secret = name }
end

-- The module for one registry (one version of one bundle).
return function(registry, outbox)
  return setmetatable({
    HANDOVER = shape.HANDOVER,
    command = declarer(registry, "commands"),
    menu = declarer(registry, "menus"),
    webhook = webhooks(registry, outbox),
    fallback = function(rules) fallback(registry, rules) end,
    on = function(event, handler) on(registry, event, handler) end,
    secret = function(name) return secret(registry, name) end,
  }, { __index = unknown, __metatable = false })
end
