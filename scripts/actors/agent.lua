-- A person of the client's team, at work in chats: one actor for each API key
-- with the scope "handovers:write", with a session for each of its windows. It checks
-- frames, asks the conversation, and passes on what conversations and the desk
-- send. Its frames are described in schema/agent-channel.md.
local host = require "host"
local json = require "json"
local desk = require "actors.desk"
local frame_of = require "lib.frame"
local identity = require "prelude.identity"
local visits = require "prelude.visits"

local agent = {}

local ASK_MS = 10000
local BEAT_MS = 30000
local HISTORY, NOTES = 100, 100
local CANNED_MAX = 200
local BAD_FRAMES_MAX = 5

local titles = {
  bad_frame = "This frame could not be understood.",
  not_found = "There is no such conversation.",
  unavailable = "The chat is not available right now. Please try again.",
}

-- k the key's id   name   bad bad frames in a row
function agent.new(kind, key) return { kind = kind, k = key } end

local function refuse(session, frame, code, title)
  host.emit_to(
    session,
    frame_of("error", {
      code = code,
      title = title or titles[code],
      cid = type(frame.cid) == "string" and frame.cid or nil,
      conversation = type(frame.conversation) == "string" and frame.conversation or nil,
    })
  )
end

local function is_conversation(id)
  return type(id) == "string" and #id == 31 and string.find(id, "^conv_[%da-hjkmnp-tv-z]+$") ~= nil
end

-- Asks the conversation to do something in this person's name; its answer, or
-- nil when the sender was told why not.
local function ask(self, session, frame, op, more)
  local request = more or {}
  request.op, request.agent = op, { id = self.k, name = self.name }
  local text = host.ask("conversation", frame.conversation, json.encode { person = request }, ASK_MS)
  local reply = text and json.decode(text)
  if not reply then return refuse(session, frame, "unavailable") end
  if reply.code then return refuse(session, frame, reply.code, reply.title) end
  return reply
end

local function ack(session, frame, reply)
  host.emit_to(
    session,
    frame_of("ack", { cid = frame.cid, conversation = frame.conversation, seq = reply.seq })
  )
end

local function listed(rows, convert)
  local list = {}
  for i, row in ipairs(rows) do
    list[i] = convert(row)
  end
  return json.array(list)
end

local function message_of(row)
  return {
    seq = row.seq,
    from = row.sender,
    blocks = json.decode(row.body),
    at = host.rfc3339(row.at),
  }
end

local function note_of(row)
  return { cid = row.cid, agent = row.agent_name, text = row.text, at = host.rfc3339(row.at) }
end

local frames = {}

-- What was said and noted, without taking the chat.
function frames.open(_, session, frame)
  local after = math.type(frame.after) == "integer" and frame.after or nil
  local rows = host.query("conversation.get", frame.conversation)
  local row = rows and rows[1]
  if not row then return refuse(session, frame, rows and "not_found" or "unavailable") end
  local last = math.max(row.seq, row.last_seq or 0)
  local messages = host.query("message.since", frame.conversation, after or last - HISTORY, HISTORY)
  local notes = messages and host.query("note.list", frame.conversation, NOTES)
  if not notes then return refuse(session, frame, "unavailable") end
  local state = json.decode(row.state) or {}
  host.emit_to(
    session,
    frame_of("conversation", {
      conversation = row.id,
      status = row.status,
      agent = state.h and state.h.n,
      bot = row.bot,
      visitor = row.visitor,
      user = identity.show(row.bot, row.visitor) or nil,
      visit = visits.show(row.id),
      locale = state.l,
      seq = last,
      read = state.rv,
      delivered = state.dv,
      messages = listed(messages, message_of),
      notes = listed(notes, note_of),
    })
  )
end

function frames.take(self, session, frame)
  local reply = ask(self, session, frame, "take", { force = frame.force == true })
  if not reply then return end
  ack(session, frame, reply)
  frames.open(self, session, { conversation = frame.conversation })
end

function frames.message(self, session, frame)
  local reply = ask(self, session, frame, "message", { cid = frame.cid, text = frame.text })
  if not reply then return end
  ack(session, frame, reply)
  local said = {
    conversation = frame.conversation,
    seq = reply.seq,
    from = "human",
    blocks = json.array { { kind = "text", text = frame.text } },
    at = host.rfc3339(host.now()),
  }
  if reply.delivered then
    host.emit_to(session, frame_of("delivered", { conversation = frame.conversation, seq = reply.seq }))
  end
  host.emit(frame_of("message", said)) -- this person's other windows; a client knows a seq that it has
end

function frames.note(self, session, frame)
  local reply = ask(self, session, frame, "note", { cid = frame.cid, text = frame.text })
  if reply then ack(session, frame, reply) end
end

local function plain(op)
  return function(self, session, frame)
    local reply = ask(self, session, frame, op)
    if reply then ack(session, frame, reply) end
  end
end
frames.hand_back, frames.close, frames.release = plain "hand_back", plain "close", plain "release"

function frames.typing(self, _, frame)
  host.send(
    "conversation",
    frame.conversation,
    json.encode { person = { op = "typing", agent = { id = self.k, name = self.name } } }
  )
end

-- What the visitor wrote was read in a window.
function frames.read(self, _, frame)
  local request = { op = "read", agent = { id = self.k }, seq = frame.seq }
  host.send("conversation", frame.conversation, json.encode { person = request })
end

local function beat(self)
  host.send("desk", "desk", json.encode { op = "here", agent = self.k })
  host.timer("beat", BEAT_MS)
end

local handlers = {}

-- meta: { name }, from the key that opened the socket (api/agent.lua)
function handlers.open(self, session, meta_text)
  local meta = json.decode(meta_text)
  self.name = meta.name
  local queue = desk.queue()
  local canned = queue and host.query("canned.list", "", CANNED_MAX)
  if not canned then return host.close(session, 1013, "try again later") end
  host.emit_to(
    session,
    frame_of("ready", {
      agent = { id = self.k, name = self.name },
      queue = queue,
      canned = listed(canned, function(row) return { id = row.id, title = row.title, text = row.text } end),
    })
  )
  beat(self)
end

-- frame: decoded; a text that is no JSON comes as it is.
function handlers.frame(self, session, frame)
  if type(frame) == "table" and frame.type == "ping" then return host.emit_to(session, '{"type":"pong"}') end
  local handler = type(frame) == "table" and frames[frame.type]
  if handler and is_conversation(frame.conversation) then
    self.bad = nil
    self.name = self.name or (json.decode(host.meta(session) or "{}") or {}).name
    return handler(self, session, frame)
  end
  refuse(session, {}, handler and "not_found" or "bad_frame")
  self.bad = (self.bad or 0) + 1
  if self.bad >= BAD_FRAMES_MAX then host.close(session, 1008, "too many bad frames") end
end

-- From a conversation or the desk: { frame = its text, said = seq of a visitor's
-- message, conversation }, for this person's windows.
function handlers.mail(self, payload)
  local mail = json.decode(payload)
  if type(mail) ~= "table" or not mail.frame then return end
  if host.session_count() > 0 then
    host.emit(mail.frame)
    if not mail.said then return end
    local request = { op = "delivered", agent = { id = self.k }, seq = mail.said }
    return host.send("conversation", mail.conversation, json.encode { person = request })
  end
  if mail.said then host.send("desk", "desk", json.encode { op = "missed", agent = self.k }) end
end

-- Still here? Is the key still good?
function handlers.timer(self)
  if host.session_count() == 0 then return end
  local rows = host.query("api_key.get", self.k)
  local key = rows and rows[1]
  if rows and (not key or key.revoked_at or (key.expires_at and key.expires_at <= host.now())) then
    return host.emit '{"type":"bye","reason":"revoked"}'
  end
  beat(self)
end

function agent.deliver(self, kind, a, b)
  local handler = handlers[kind]
  if handler then handler(self, a, b) end
end

return agent
