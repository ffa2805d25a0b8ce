-- A call to the outside as a step of a dialog: the `http` module
-- (prelude/fetch) and webhooks that wait for their answer (prelude/posts).
-- Before a call is made, the turn's work and the intent to call are stored;
-- its answer is logged. When the process dies in between, the dialog is taken
-- up again and nobody knows whether the other side has acted: the call is
-- repeated only when that does no harm, else its outcome is "unknown".
local host = require "host"
local dialog = require "prelude.dialog"
local steps = require "prelude.steps"

local outside = {}

local CALLS_MAX <const> = 10 -- of a turn
local DIED = "the server ended during the call; whether it was carried out is not known"

-- What is logged of an answer: { status, body, headers } or { false, message, code }
local function outcome(row)
  if not row.status then return { false, row.error or "no answer", row.code or "unavailable" } end
  local headers = {}
  for key, value in string.gmatch(row.headers or "", "([%w%-]+):[ \t]*([^\r\n]*)") do
    if utf8.len(value) then headers[string.lower(key)] = value end
  end
  if not utf8.len(row.body or "") then return { false, "the answer is no UTF-8 text", "bad_answer" } end
  return { status = row.status, body = row.body or "", headers = headers }
end

local function call(chat, i, name, make)
  local request, message, code = make(i)
  if not request then return { false, message, code } end
  dialog.commit(chat, i, name, request.timeout)
  local rows
  rows, message, code = host.http { request }
  return rows and outcome(rows[1]) or { false, tostring(message), code }
end

-- The logged outcome of the step. name: its kind, the function's name; make(i)
-- gives the request for host.http, or nil, message, code when none can be
-- made; repeatable: it may be made again after a crash; detail: what is sent,
-- for people. Second result: true when it happened now.
function outside.step(chat, name, repeatable, make, detail)
  local i = steps.next(chat)
  local done, logged = steps.logged(chat, i, name, detail)
  if done then return logged, false end
  if steps.under_way(chat, i, name) and not repeatable then
    logged = { false, DIED, "unknown" }
  else
    chat.calls = (chat.calls or 0) + 1
    if chat.calls > CALLS_MAX then error(("%s: at most %d calls in a turn"):format(name, CALLS_MAX), 3) end
    logged = call(chat, i, name, make)
  end
  steps.record(chat, i, name, logged)
  dialog.settled(chat)
  return logged, true
end

return outside
