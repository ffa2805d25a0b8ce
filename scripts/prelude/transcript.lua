-- The messages of a conversation: their numbers, rows and frames. A turn
-- buffers both; the host sends the frames once the rows are committed.
--
-- The fields of a conversation's table are short because there are many of
-- them in memory (see actors/conversation.lua for the list).
local host = require "host"
local json = require "json"

local transcript = {}

local emit, emit_parts, session_count, now_ms = host.emit, host.emit_parts, host.session_count, host.now
local encode, write = json.encode, host.write

-- cache: the last time that was written out; messages of a busy moment share it
local last_ms, last_text

local function rfc3339(ms)
  if ms ~= last_ms then
    last_ms, last_text = ms, host.rfc3339(ms)
  end
  return last_text
end

local RING = 8 -- the last four CIDs, each followed by its seq

-- seq of a CID seen lately, or nil.
function transcript.seen(self, cid)
  local ring = self.r
  if not ring then return nil end
  for i = 1, RING, 2 do
    if ring[i] == cid then return ring[i + 1] end
  end
  return nil
end

function transcript.remember(self, cid, seq)
  local ring = self.r
  if not ring then
    ring = { cid, seq, false, 0, false, 0, false, 0, at = 1 }
    self.r = ring
    return
  end
  local at = ring.at + 2
  if at > RING then at = 1 end
  ring[at], ring[at + 1], ring.at = cid, seq, at
end

-- One text block, ready for a frame or a row.
function transcript.text_block(s) return '[{"kind":"text","text":' .. encode(s) .. "}]" end

function transcript.frame(seq, from, blocks, re, at)
  if re then
    return '{"type":"message","seq":'
      .. seq
      .. ',"from":"'
      .. from
      .. '","blocks":'
      .. blocks
      .. ',"re":'
      .. re
      .. ',"at":"'
      .. rfc3339(at)
      .. '"}'
  end
  return '{"type":"message","seq":'
    .. seq
    .. ',"from":"'
    .. from
    .. '","blocks":'
    .. blocks
    .. ',"at":"'
    .. rfc3339(at)
    .. '"}'
end

local function ack_frame(cid, seq) return '{"type":"ack","cid":' .. encode(cid) .. ',"seq":' .. seq .. "}" end

-- Tells the sender: on its socket, or as the answer to its HTTP exchange.
function transcript.ack(input, seq)
  if input.exchange then
    host.respond(input.exchange, 200, { ["content-type"] = "application/json" }, ack_frame(input.cid, seq))
  elseif input.session then
    emit_parts(input.session, nil, '{"type":"ack","cid":', encode(input.cid), ',"seq":', seq, "}")
  end
end

-- What the visitor's message looks like to people.
local function shown(input) return input.shown or input.text or input.value or input.name or "" end

local function create(self, now)
  self.s = true
  write("conversation.create", self.k, self.b, self.v, self.st, self.n, transcript.state(self), now)
  self.z = nil
end

-- The visitor's message becomes part of the conversation and is acknowledged.
-- In a conversation with several sessions the others see it too; the sender
-- knows its own by the seq of the ack.
function transcript.accept(self, input)
  local seq, now = self.n + 1, now_ms()
  self.n, self.re = seq, seq
  local others = session_count() > 1 or input.exchange
  if not self.e or others then
    local blocks = transcript.text_block(shown(input))
    if not self.e then
      if not self.s then create(self, now) end
      write("message.insert", self.k, seq, "visitor", input.cid, nil, blocks, now)
    end
    if others then emit(transcript.frame(seq, "visitor", blocks, nil, now), seq) end
  end
  transcript.remember(self, input.cid, seq)
  transcript.ack(input, seq)
end

-- A message of the bot; blocks is the JSON text of a list.
function transcript.reply(self, blocks)
  local seq, now, re = self.n + 1, now_ms(), self.re
  self.n = seq
  if not self.e then write("message.insert", self.k, seq, "bot", nil, re, blocks, now) end
  if not re then return emit(transcript.frame(seq, "bot", blocks, nil, now), seq) end
  emit_parts(
    nil,
    seq,
    '{"type":"message","seq":',
    seq,
    ',"from":"bot","blocks":',
    blocks,
    ',"re":',
    re,
    ',"at":"',
    rfc3339(now),
    '"}'
  )
end

function transcript.say(self, s) return transcript.reply(self, transcript.text_block(s)) end

-- The durable state beside the messages: misses, locale, variables, dialog.
function transcript.state(self)
  return encode { l = self.l, m = self.m ~= 0 and self.m or nil, x = self.x, d = self.d, tz = self.tz }
end

-- At the end of a turn: the conversation's row, if something in it changed.
function transcript.save(self)
  if not self.z then return end
  self.z = nil
  if self.e or not self.s then return end
  write("conversation.update", self.k, self.st, self.n, transcript.state(self), now_ms())
end

return transcript
