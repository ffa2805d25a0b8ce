-- The messages of a conversation: their numbers, rows and frames. A turn
-- buffers both; the host sends the frames once the rows are committed.
--
-- The fields of a conversation's table are short because there are many of
-- them in memory (see actors/conversation.lua for the list).
local host = require "host"
local json = require "json"
local await_silence = require("prelude.silence").await
local releases = require "prelude.releases"
local said = require("prelude.events").said

local transcript = {}

local emit, emit_as, session_count, now_ms = host.emit, host.emit_as, host.session_count, host.now
local encode, write = json.encode, host.write

-- cache: the last time that was written out; messages of a busy moment share it
local last_ms, last_text

local function rfc3339(ms)
  if ms ~= last_ms then
    last_ms, last_text = ms, host.rfc3339(ms)
  end
  return last_text
end

-- The last four CIDs, each followed by its seq, and the place of the newest.
-- Written out rather than as a loop: it is asked with every message.
local RING <const>, AT <const> = 8, 9

-- seq of a CID seen lately, or nil.
function transcript.seen(self, cid)
  local ring = self.r
  if not ring then return nil end
  if ring[1] == cid then return ring[2] end
  if ring[3] == cid then return ring[4] end
  if ring[5] == cid then return ring[6] end
  if ring[7] == cid then return ring[8] end
  return nil
end

local function remember(self, cid, seq)
  local ring = self.r
  if not ring then
    self.r = { cid, seq, false, 0, false, 0, false, 0, 1 }
    return
  end
  local at = ring[AT] + 2
  if at > RING then at = 1 end
  ring[at], ring[at + 1], ring[AT] = cid, seq, at
end
transcript.remember = remember

-- The CID of the message that is being answered, or nil.
function transcript.last_cid(self) return self.r and self.r[self.r[AT]] end

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
local function ack(input, seq)
  if input.file then return require("prelude.files").respond(input, seq) end
  if input.exchange then
    local headers = { ["content-type"] = "application/json", ["access-control-allow-origin"] = "*" }
    host.respond(input.exchange, 200, headers, ack_frame(input.cid, seq))
  elseif input.session then
    emit_as(input.session, nil, '{"type":"ack","cid":%q,"seq":%d}', input.cid, seq)
  end
end
transcript.ack = ack

-- What the visitor's message looks like to people.
local function shown(input) return input.shown or input.text or input.value or input.name or "" end
transcript.shown = shown

local function create(self, now)
  self.s = true
  local number = releases.of(self).number
  if number == 0 then
    write("conversation.create", self.k, self.b, self.v, self.st, self.n, transcript.state(self), now)
  else
    local state = transcript.state(self)
    write("conversation.create_on", self.k, self.b, self.v, self.st, self.n, state, now, number)
  end
  self.z = nil
  if self.f then require("prelude.visits").store(self) end
end

-- What a replay needs and the shown text does not say, as JSON; nil for most
-- messages: these are what they show. The first one brings the language along.
local function real_input(self, input, first)
  local plain = input.type == "message" and not input.shown
  if plain and not first then return nil end
  return encode {
    type = not plain and input.type or nil,
    text = not plain and input.type == "message" and input.text or nil,
    value = input.type == "choice" and input.value or nil,
    name = input.type == "command" and input.name or nil,
    args = input.type == "command" and input.args or nil,
    form = input.type == "form" and input.form or nil,
    fields = input.type == "form" and input.fields or nil,
    file = input.file and require("prelude.files").recorded(input.file) or nil,
    l = first and self.l or nil,
    tz = first and self.tz or nil,
  }
end

-- The row of the visitor's message, and its frame for the other sessions.
local function record(self, input, seq, others)
  local now, blocks = now_ms(), input.blocks or transcript.text_block(shown(input))
  if not self.e then
    local first = not self.s
    if first then create(self, now) end
    if input.file then require("prelude.files").store(self, input.file, seq, now) end
    local real = (first or input.shown or input.type ~= "message") and real_input(self, input, first)
    if input.used then
      write("message.insert_used", self.k, seq, input.cid, blocks, now, real or nil, input.used, input.how)
    elseif real then
      write("message.insert_input", self.k, seq, input.cid, blocks, now, real)
    else
      write("message.insert", self.k, seq, "visitor", input.cid, nil, blocks, now)
    end
  end
  if others then emit(transcript.frame(seq, "visitor", blocks, nil, now), seq) end
end

-- The visitor's message becomes part of the conversation and is acknowledged.
-- In a conversation with several sessions the others see it too; the sender
-- knows its own by the seq of the ack.
function transcript.accept(self, input)
  local seq = self.n + 1
  self.n, self.re = seq, seq
  local others = input.exchange or session_count() > 1
  if others or not self.e then record(self, input, seq, others) end
  remember(self, input.cid, seq)
  ack(input, seq)
  local registry = releases.of(self)
  if self.e then return registry.listens and said(self, registry, input, seq) end
  said(self, registry, input, seq)
  if not self.ti or self.ts then await_silence(self) end
end

local REPLY = '{"type":"message","seq":%d,"from":"bot","blocks":%s,"re":%d,"at":%t}'

-- A message of the bot; blocks is the JSON text of a list.
function transcript.reply(self, blocks)
  local seq, now, re = self.n + 1, now_ms(), self.re
  self.n = seq
  if not self.e then write("message.insert", self.k, seq, "bot", nil, re, blocks, now) end
  if not re then return emit(transcript.frame(seq, "bot", blocks, nil, now), seq) end
  emit_as(nil, seq, REPLY, seq, blocks, re, now)
end

-- A message of a person; its number.
function transcript.human(self, cid, blocks)
  local seq, now = self.n + 1, now_ms()
  self.n = seq
  write("message.insert", self.k, seq, "human", cid, nil, blocks, now)
  emit(transcript.frame(seq, "human", blocks, nil, now), seq)
  transcript.remember(self, cid, seq)
  return seq
end

function transcript.say(self, s) return transcript.reply(self, transcript.text_block(s)) end

-- The durable state beside the messages: misses, locale, variables, dialog.
function transcript.state(self)
  return encode {
    l = self.l,
    m = self.m ~= 0 and self.m or nil,
    x = self.x,
    d = self.d,
    tz = self.tz,
    a = self.a,
    h = self.h,
    hr = self.hr,
    lx = self.lx,
    ti = self.ti,
    ts = self.ts,
    rv = self.rv,
    dv = self.dv,
    rh = self.rh,
    dh = self.dh,
    pg = self.pg,
  }
end

-- At the end of a turn: the conversation's row, if something in it changed.
function transcript.save(self)
  if not self.z then return end
  self.z = nil
  if self.e or not self.s then return end
  write("conversation.update", self.k, self.st, self.n, transcript.state(self), now_ms())
end

return transcript
