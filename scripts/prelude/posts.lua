-- bot.webhook "name":post { ... }: sends to a webhook and waits for its answer,
-- as a step of the dialog (prelude/outside). Signed as every webhook is; the
-- webhook-id is made of the step, so it is the same when the call is repeated
-- after a crash. What need not be answered at once is an event of the ledger
-- (prelude/outbox), which is delivered for days.
local host = require "host"
local json = require "json"
local current = require "prelude.current"
local outside = require "prelude.outside"
local position = require "prelude.position"
local script_log = require "prelude.script_log"
local signature = require "prelude.signature"
local target = require "hooks.target"

local posts = {}

local KIND <const> = "webhook.post"
local BODY_MAX <const> = 65536
local on_stage = host.setting "stage" ~= nil -- a screenplay has no secrets; the play says what is answered

-- What a script hears of a call without an answer: no word of the address,
-- which may be a secret.
local WHY = {
  denied = "its address is not allowed",
  limit = "too many calls are under way",
  timeout = "no answer in time",
  unavailable = "it cannot be reached",
}

local function body_of(name, body)
  if type(body) ~= "table" then
    error(("webhook '%s': 'body' must be a table, not %s"):format(name, signature.show(body)), 3)
  end
  local kind = type(body.type) == "string" and #body.type <= 100 and body.type or "webhook"
  local text = json.encode { type = kind, timestamp = host.rfc3339(host.now()), data = body }
  if not text then error(("webhook '%s': 'body' cannot be written as JSON"):format(name), 3) end
  if #text > BODY_MAX then error(("webhook '%s': the body is longer than 64 KiB"):format(name), 3) end
  return text
end

-- "post_01m88h31fterd8c866z5pd90sk_3_7": conversation, dialog, step
local function id_of(chat, i)
  return ("post_%s_%s_%d"):format(string.match(chat.self.k, "_(.*)$") or chat.self.k, chat.dialog, i)
end

local function request_of(chat, name, hook, text, i)
  if on_stage then hook = { url = "https://webhook.invalid/" .. name, timeout = hook.timeout } end
  local to, message = target.of_hook(hook, chat.self.b)
  if not to then return nil, message, "not_set" end
  local why = host.check_url(to.url)
  if why then return nil, WHY.denied, "denied" end
  return target.request(to, nil, id_of(chat, i), nil, text, host.now())
end

-- The author is told of what went wrong; the status is no secret.
local function report(chat, name, logged)
  local what = logged.status and "answered " .. logged.status or "has not answered: " .. logged[2]
  script_log.add(chat.self, chat.registry.version, "warn", ("webhook '%s' %s"):format(name, what), position())
end

local function is_good(logged) return logged.status and logged.status >= 200 and logged.status < 300 or false end

-- The answer's body: decoded where it is JSON, nil when it is empty.
local function data_of(body)
  if body == "" then return nil end
  local data = json.decode(body)
  if data == nil then return body end
  if data == json.null then return nil end
  return data
end

-- Sends and waits: true or false, the status and the body of the answer; when
-- there is none: false, nil, why, a code.
function posts.post(name, body)
  local chat = current.get() or error("a webhook can only be sent while a chat is running", 2)
  if chat.light then error("an event's handler cannot wait for an answer; send with :enqueue", 2) end
  local hook = chat.registry.webhooks[name]
  local text = body_of(name, body)
  local logged, now = outside.step(
    chat,
    KIND,
    hook.idempotent == true,
    function(i) return request_of(chat, name, hook, text, i) end,
    name .. " " .. text
  )
  if logged[1] == false and WHY[logged[3]] then logged = { false, WHY[logged[3]], logged[3] } end
  local ok = is_good(logged)
  if now and not ok then report(chat, name, logged) end
  if logged[1] == false then return false, nil, logged[2], logged[3] end
  return ok, logged.status, data_of(logged.body)
end

return posts
