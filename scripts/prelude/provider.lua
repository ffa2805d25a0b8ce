-- The seam for plugins that let a model answer: asks a provider, shows the
-- visitor what arrives (`delta` frames) and at the end says it as a message,
-- which replaces them. For the platform's own code; scripts cannot reach it.
--
-- What arrives comes in bounded batches (host.stream_next): while one is dealt
-- with, the sender waits. The request ends with the turn, and when the
-- last visitor of the conversation leaves. What the visitor saw is what is
-- kept, marked where it was not all.
--
-- config: {
--   name          of the provider, for the breaker and the log
--   url, headers (lines), body (texts)
--   first_ms, gap_ms, total_ms    20 s, 15 s, 60 s when left out
-- }
local host = require "host"
local chunks = require "lib.chunks"
local json = require "json"
local transcript = require "prelude.transcript"

local provider = {}

local FIRST_MS, GAP_MS, TOTAL_MS = 20000, 15000, 60000
local TRIES, WAIT_MS, WAIT_MAX_MS = 3, 500, 10000
local ANSWER_MAX, BYTES_MAX = 32768, 4 << 20 -- of the text; of what is read in all
local BREAK_AFTER, BREAK_MS = 5, 30000

local breakers, count = {}, 0 -- cache: name -> { failures in a row, until }; of this state, bounded

local function breaker_of(name)
  if not breakers[name] then
    if count >= 100 then
      breakers, count = {}, 0
    end
    breakers[name], count = { failures = 0, till = 0 }, count + 1
  end
  return breakers[name]
end

-- May it be asked? After a rest one request tries, the others wait for what becomes of it.
local function admit(breaker)
  if breaker.failures < BREAK_AFTER then return true end
  local now = host.mono()
  if now < breaker.till then return false end
  breaker.till = now + BREAK_MS
  return true
end

local function note(breaker, good)
  breaker.failures = good and 0 or breaker.failures + 1
  if breaker.failures >= BREAK_AFTER then breaker.till = host.mono() + BREAK_MS end
end

-- How long to wait before try number `try` + 1, or nil when there is none.
local function pause(try, wanted)
  if try >= TRIES or (wanted and wanted > WAIT_MAX_MS) then return nil end
  local ms = wanted or WAIT_MS << (try - 1)
  return ms + string.unpack("<I2", host.random(2)) * ms // (65536 * 4)
end

local CONNECTING = { unavailable = true, closed = true, limit = true }

-- An open stream (true), a whole answer (its text), or nil, message, code.
local function open(config, begun)
  local delay, total = 0, config.total_ms or TOTAL_MS
  for try = 1, TRIES do
    local left = total - (host.mono() - begun) - delay
    if left <= 0 then return nil, "no answer in time", "timeout" end
    host.commit() -- the visitor's message is durable before a stranger is asked
    local rows = host.stream_open {
      method = "POST",
      url = config.url,
      headers = config.headers .. "Content-Type: application/json\nAccept: text/event-stream\n",
      body = config.body,
      delay = delay,
      wait = math.min(config.first_ms or FIRST_MS, left),
      timeout = left,
      limit = BYTES_MAX,
    }
    local row = rows and rows[1] or { kind = "failed", a = "unavailable", b = "there is no way out" }
    if row.kind == "stream" then return true end
    local message, code, next_delay = row.b, row.a, nil
    if row.kind == "answer" and row.n >= 200 and row.n < 300 then
      local whole = chunks.read(row.b)
      if whole and not whole.error and whole.text ~= "" then return whole.text end
      message, code =
        whole and whole.error and whole.error.message or "an answer that says nothing", "invalid"
    elseif row.kind == "answer" then
      local fault = chunks.fault(row.n, row.b)
      message, code = fault.message, row.n == 429 and "limit" or (fault.owner and "denied" or "unavailable")
      next_delay = fault.again and pause(try, chunks.retry_after(row.a, host.now()))
    elseif CONNECTING[code] then
      next_delay = pause(try)
    end
    if not next_delay then return nil, message, code end
    delay = next_delay
  end
end

local function delta(self, text)
  host.signal('{"type":"delta","re":' .. (self.re or 0) .. ',"text":' .. json.encode(text) .. "}")
  host.commit() -- it leaves now
end

-- What one batch says: its text, and whether and how the stream has ended.
local function take(rows)
  local parts, ended, message, code = {}, false, nil, nil
  for _, row in ipairs(rows) do
    local chunk = row.kind == "event" and chunks.read(row.b)
    if row.kind == "failed" then
      ended, message, code = true, row.b, row.a
    elseif row.kind == "end" then
      ended = true
    elseif not chunk then
      ended, message, code = true, "the stream is not well-formed", "invalid"
    elseif chunk.error then
      ended, message, code = true, chunk.error.message, "unavailable"
    else
      parts[#parts + 1] = chunk.text
      ended = chunk.done or ended
    end
    if ended then break end
  end
  return table.concat(parts), ended, message, code
end

-- Reads to the end: all that was said, and what went wrong.
local function read(self, config, begun)
  local said, bytes = {}, 0
  while true do
    local left = (config.total_ms or TOTAL_MS) - (host.mono() - begun)
    local rows = host.stream_next(math.max(1, math.min(config.gap_ms or GAP_MS, left)))
    if not rows then return table.concat(said), "the stream is gone", "closed" end
    local text, ended, message, code = take(rows)
    if bytes + #text > ANSWER_MAX then return table.concat(said), "the answer is too long", "limit" end
    if text ~= "" then
      said[#said + 1], bytes = text, bytes + #text
      delta(self, text)
    end
    if ended then return table.concat(said), message, code end
  end
end

-- Asks and answers. true when something was said; nil, message, code when the
-- bot has to answer without a model (nothing was shown, or it was taken back).
function provider.reply(self, config)
  local breaker, begun = breaker_of(config.name), host.mono()
  if not admit(breaker) then return nil, "the provider has failed again and again", "unavailable" end
  local opened, message, code = open(config, begun)
  local text = opened
  if opened == true then
    text, message, code = read(self, config, begun)
    host.stream_close()
  end
  note(breaker, message == nil or code == "closed" or code == "limit")
  if message then
    host.log("warn", "provider: " .. message, { name = config.name, code = code, conversation = self.k })
  end
  if not text or not string.find(text, "%S") then
    return nil, message or "an empty answer", code or "invalid"
  end
  local block = { kind = "text", text = text, incomplete = message ~= nil or nil }
  transcript.reply(self, json.encode(json.array { block }))
  return true
end

return provider
