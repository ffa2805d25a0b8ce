-- What a person may do in a conversation. It comes as mail from the person's
-- own actor (actors/agent.lua) or from the client API, which have checked who
-- it is; here is decided whether it fits. Each op answers with a table that
-- the asker gets once the turn is committed; `code` in it means refused.
local host = require "host"
local json = require "json"
local events = require "prelude.events"
local handover = require "prelude.handover"
local marks = require "prelude.marks"
local phrases = require "lib.phrases"
local transcript = require "prelude.transcript"

local takeover = {}

local TEXT_MAX, CID_MAX = 4000, 60
local TYPING_MS = 2000

local titles = {
  not_found = "There is no such conversation.",
  already_taken = "Somebody else is answering this conversation.",
  not_yours = "You have not taken this conversation.",
  bad_text = "A text of 1 to 4,000 characters is needed.",
  bad_cid = "A cid of 1 to 60 characters is needed.",
}

local function refuse(code, more)
  local reply = more or {}
  reply.code, reply.title = code, titles[code]
  return reply
end

local function holds(self, request) return self.st == "human" and self.h and self.h.a == request.agent.id end

local function is_text(text)
  if type(text) ~= "string" or not string.find(text, "%S") then return false end
  return #text <= TEXT_MAX or (#text <= 4 * TEXT_MAX and (utf8.len(text) or TEXT_MAX + 1) <= TEXT_MAX)
end

local function is_cid(cid) return type(cid) == "string" and cid ~= "" and #cid <= CID_MAX end

-- For what ends a person's part: nil when it may; else the answer. With nobody
-- in the chat there is nothing left to end.
local function nothing_to_end(self, request)
  if self.st ~= "human" then return { seq = self.n } end
  return not holds(self, request) and refuse "not_yours" or nil
end

local ops = {}

function ops.take(self, request)
  if holds(self, request) then return { seq = self.n } end
  if self.st == "human" and self.h and not request.force then
    return refuse("already_taken", { agent = self.h.n })
  end
  if self.d then require("prelude.dialog").finish(self, "taken") end
  handover.assign(self, request.agent)
  transcript.say(self, phrases.say(self.l, "handover_joined", request.agent.name))
  return { seq = self.n }
end

-- The seq of a cid that was stored before, or nil; waits on the store.
local function stored(self, cid)
  local seq = transcript.seen(self, cid)
  if seq then return seq end
  local rows = host.query("message.by_cid", self.k, cid)
  return rows and rows[1] and rows[1].seq
end

function ops.message(self, request)
  if not is_cid(request.cid) then return refuse "bad_cid" end
  if not is_text(request.text) then return refuse "bad_text" end
  local cid = "h:" .. request.cid -- apart from the visitor's own
  local seq = stored(self, cid)
  if seq then return { seq = seq } end
  if not holds(self, request) then return refuse "not_yours" end
  seq = transcript.human(self, cid, transcript.text_block(request.text))
  local delivered = marks.shown(self, seq)
  events.raise(self, "message.created", { conversation = self.k, seq = seq, from = "human" })
  return { seq = seq, delivered = delivered }
end

function ops.note(self, request)
  if not is_cid(request.cid) then return refuse "bad_cid" end
  if not is_text(request.text) then return refuse "bad_text" end
  local agent = request.agent
  host.write("note.insert", self.k, request.cid, agent.id, agent.name, request.text, host.now())
  return {}
end

function ops.hand_back(self, request)
  local done = nothing_to_end(self, request)
  if done then return done end
  handover.set_status(self, "bot")
  transcript.say(self, phrases.say(self.l, "handover_back"))
  return { seq = self.n }
end

function ops.close(self, request)
  local done = nothing_to_end(self, request)
  if done then return done end
  handover.set_status(self, "closed")
  events.raise(self, "conversation.closed", { conversation = self.k })
  return { seq = self.n }
end

function ops.release(self, request)
  local done = nothing_to_end(self, request)
  if done then return done end
  handover.release(self)
  transcript.say(self, phrases.say(self.l, "handover_queue"))
  return { seq = self.n }
end

function ops.typing(self, request)
  if holds(self, request) then host.signal '{"type":"typing","from":"human"}' end
  return {}
end

-- The person's windows have the visitor's messages up to seq, or they were read there.
function ops.delivered(self, request)
  if holds(self, request) then marks.person(self, "delivered", request.seq) end
  return {}
end

function ops.read(self, request)
  if holds(self, request) then marks.person(self, "read", request.seq) end
  return {}
end

-- Is this mail for here? The request, or nil.
function takeover.request(payload)
  local mail = string.sub(payload, 1, 10) == '{"person":' and json.decode(payload)
  local request = type(mail) == "table" and mail.person
  return type(request) == "table" and ops[request.op] and request or nil
end

-- token: of an ask, 0 when nobody waits for the answer.
function takeover.carry_out(self, request, token)
  local reply
  local ok = require("prelude.resume").load(self)
  if not ok or not self.s or self.e then
    reply = refuse "not_found"
  else
    self.re = nil -- what is said now answers no message
    reply = ops[request.op](self, request)
  end
  if token and token ~= 0 then host.answer(token, json.encode(reply)) end
end

-- Is there a person with windows? A tool that took it by HTTP has none.
local function is_watched(self) return self.h and self.h.a and string.sub(self.h.a, 1, 4) ~= "api:" end

local function pass_on(self, frame, said)
  host.send("agent", self.h.a, json.encode { frame = frame, said = said, conversation = self.k })
end

-- How far the visitor is: "read" or "delivered", up to seq.
function takeover.pass_mark(self, kind, seq)
  if not is_watched(self) then return end
  pass_on(self, '{"type":"' .. kind .. '","conversation":"' .. self.k .. '","seq":' .. seq .. "}")
end

-- A visitor's message goes to the person who answers.
function takeover.forward(self, blocks)
  if not is_watched(self) then return end
  local head = '{"type":"message","conversation":"'
    .. self.k
    .. '","seq":'
    .. self.re
    .. ',"from":"visitor","blocks":'
  pass_on(self, head .. blocks .. ',"at":"' .. host.rfc3339(host.now()) .. '"}', self.re)
end

-- At most one in a while, however fast the frames come.
function takeover.forward_typing(self)
  if not is_watched(self) then return end
  local now = host.mono()
  if self.ty and now - self.ty < TYPING_MS then return end
  self.ty = now
  pass_on(self, '{"type":"typing","from":"visitor","conversation":"' .. self.k .. '"}')
end

return takeover
