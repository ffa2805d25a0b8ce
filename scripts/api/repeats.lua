-- Idempotency-Key: the answer to a POST is stored in the transaction of its
-- effect and given again, for a day, to the same request under the same key.
-- Only a success is kept; what was refused changed nothing and may be tried again.
local host = require "host"

local repeats = {}

local KEPT_MS = 86400000
local KEY_MAX = 255

-- nil when the request names no key; false when what it names is none.
local function key_of(request)
  local key = request.headers["idempotency-key"]
  if not key then return nil end
  if #key < 1 or #key > KEY_MAX or not string.find(key, "^[\33-\126]+$") then return false end
  return key
end

local function print_of(request)
  local parts = { request.method, request.full_path, request.raw_query or "", request.raw_body or "" }
  return host.sha256(table.concat(parts, "\n"))
end

local REPLAYED = { ["idempotency-replayed"] = "true" }

-- What was answered before: status, body, headers; nil when nothing was; or
-- nil, message, code.
function repeats.find(request)
  if request.method ~= "POST" then return nil end
  local key = key_of(request)
  if key == false then
    return nil, "An Idempotency-Key is 1 to 255 printable characters.", "bad_idempotency_key"
  end
  if not key then return nil end
  local rows, message, code = host.query("api_answer.get", request.key.id, key, host.now() - KEPT_MS)
  if not rows then return nil, message, code end
  local row = rows[1]
  if not row then return nil end
  if row.request ~= print_of(request) then
    return nil, "This Idempotency-Key was used for another request.", "idempotency_mismatch"
  end
  return row.status, row.body, REPLAYED
end

-- Adds the answer to the turn's batch. kept: what a repeat is answered, where
-- that differs from the answer.
function repeats.remember(request, status, body, kept)
  local key = request.method == "POST" and key_of(request)
  if not key then return end
  local now = host.now()
  host.write("api_answer.prune", now - KEPT_MS)
  host.write("api_answer.insert", request.key.id, key, print_of(request), status, kept or body or "", now)
end

-- Whatever was before us in the store's queue is committed when this returns:
-- a conflict may be with a row of the same group commit, which nobody sees yet.
function repeats.settle()
  host.write("api_answer.prune", host.now() - KEPT_MS)
  return host.commit()
end

return repeats
