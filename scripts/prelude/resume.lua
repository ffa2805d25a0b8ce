-- How sessions come to a conversation and how a conversation comes back from
-- the store: loading, the ready frame, missed messages, failed turns.
local host = require "host"
local json = require "json"
local business = require "prelude.business"
local palette = require "prelude.palette"
local phrases = require "lib.phrases"
local releases = require "prelude.releases"
local transcript = require "prelude.transcript"
local visitor_token = require "prelude.visitor_token"

local resume = {}

local MISSED_MAX = 200 -- messages sent again after a reconnect or a page load
local RETRY_MS = 2000
local BUSY_MS = 15000
local rehearsing = host.setting "rehearsal" ~= nil -- prelude/rehearsal
local BYE = '{"type":"bye","reason":"resync","reconnect_ms":200}'

local titles = {
  unavailable = "The message could not be stored. Please try again.",
  not_found = "There is no such conversation.",
  rate_limited = "The chat is very busy. Please try again in a minute.",
  conflict = "The message could not be stored. Please send it again.",
}

local function error_frame(code, cid, retry_ms)
  return '{"type":"error",'
    .. (cid and '"cid":' .. json.encode(cid) .. "," or "")
    .. '"code":"'
    .. code
    .. '","title":'
    .. json.encode(titles[code] or titles.unavailable)
    .. (retry_ms and ',"retry_after_ms":' .. retry_ms or "")
    .. "}"
end

-- A conversation that has no row yet: everything comes from its session.
local function fresh(self, meta)
  self.v, self.b, self.l, self.tz, self.e = meta.v, meta.b, meta.l, meta.tz, meta.e
  self.n, self.m, self.st, self.f = 0, 0, "bot", meta.f
  self.a = releases.arm_of(self.b, self.k)
  if meta.r and rehearsing then self.rehearsal = meta.r end
end

local function from_row(self, row)
  local state = json.decode(row.state) or {}
  self.v, self.b, self.st, self.s = row.visitor, row.bot, row.status, true
  self.n = math.max(row.seq, row.last_seq or 0)
  self.l, self.m, self.x, self.d, self.tz = state.l or "en", state.m or 0, state.x, state.d, state.tz
  self.a = state.a
  self.h, self.hr, self.lx = state.h, state.hr, state.lx
  self.ti, self.ts = state.ti, state.ts
  self.rv, self.dv, self.rh, self.dh = state.rv, state.dv, state.rh, state.dh
  self.pg, self.mk = state.pg, "" -- what the pages show is not known here
end

-- Fills an actor that was activated without its data. Waits on the store.
local function load(self, meta)
  if self.n then return true end
  if not (meta and meta.e) then
    local rows, message, code = host.query("conversation.get", self.k)
    if not rows then return nil, message, code end
    if rows[1] then
      from_row(self, rows[1])
      return true
    end
  end
  if not meta then return nil, "no such conversation", "not_found" end
  local scripts, message, code = releases.need(meta.b)
  if not scripts then return nil, message, code end
  fresh(self, meta)
  return true
end

resume.load = load

-- What the greeter said about a session's visitor when it was seated here.
local function meta_of(session)
  local text = host.meta and host.meta(session)
  return text and json.decode(text) or nil
end

-- True when the conversation can take an input; else the sender was told.
function resume.ready(self, session, cid)
  if self.n then return true end
  local ok, message, code = load(self, meta_of(session))
  if ok then return true end
  host.log("warn", "conversation not loaded: " .. tostring(message), { conversation = self.k })
  if code == "not_found" then
    host.close(session, 1012, "hello again") -- nothing is lost: the message was not acknowledged
  else
    host.emit_to(session, error_frame("unavailable", cid, RETRY_MS))
  end
  return false
end

-- Asks the sender of an input to send it again later.
function resume.retry(input) host.emit_to(input.session, error_frame("unavailable", input.cid, RETRY_MS)) end

-- The bot of the ready frame: the business's part and the commands. page: its address.
local function bot_of(self, page)
  local frame, message, code = business.bot_frame(self.b, self.l)
  if not frame then return nil, message, code end
  local scripts
  scripts, message, code = releases.need(self.b)
  if not scripts then return nil, message, code end
  palette.visit(self, page)
  return string.sub(frame, 1, -2) .. palette.fields(self) .. "}"
end

local function ready_frame(self, site, resumed, bot_json)
  local token = visitor_token.make(self.v, self.b, site)
  return '{"type":"ready","visitor":"'
    .. token
    .. '","conversation":"'
    .. self.k
    .. '","seq":'
    .. self.n
    .. ',"bot":'
    .. bot_json
    .. ',"resumed":'
    .. tostring(resumed)
    .. ',"status":"'
    .. self.st
    .. '"}'
end

-- What the visitor has not seen, oldest first. The CIDs among it are
-- remembered: a client that reconnects sends again what was not acknowledged.
local function send_missed(self, session, after)
  if self.e or not self.s or after >= self.n then return end
  local rows, message = host.query("message.since", self.k, math.max(after, self.n - MISSED_MAX), MISSED_MAX)
  if not rows then
    host.log("warn", "missed messages not read: " .. tostring(message), { conversation = self.k })
    return host.close(session, 1013, "try again later")
  end
  for _, row in ipairs(rows) do
    if row.cid then transcript.remember(self, row.cid, row.seq) end
    host.emit_to(session, transcript.frame(row.seq, row.sender, row.body, row.re, row.at), row.seq)
  end
end

local function refuse(session, code)
  host.emit_to(session, error_frame(code, nil, code == "unavailable" and RETRY_MS or nil))
  host.close(session, code == "unavailable" and 1013 or 1008, code)
end

-- "open": a session was seated here by the greeter (or by the test route).
function resume.open(self, session, meta_text)
  local meta = json.decode(meta_text) or {}
  local ok, _, code = load(self, meta)
  if not ok then return refuse(session, code == "not_found" and code or "unavailable") end
  if self.v ~= meta.v then return refuse(session, "not_found") end
  if meta.u and not self.e and not require("prelude.identity").attach(self, meta.u) then
    return refuse(session, "unavailable")
  end
  if self.s and meta.f then require("prelude.visits").come_again(self, meta) end
  local bot_json = bot_of(self, meta.p)
  if not bot_json then return refuse(session, "unavailable") end
  host.emit_to(session, ready_frame(self, meta.o, self.n > 0, bot_json))
  send_missed(self, session, math.type(meta.after) == "integer" and meta.after or 0)
  if self.dh or self.rh then require("prelude.marks").tell(self, session) end
  if self.st == "human" then require("prelude.marks").caught_up(self) end
end

-- May this POST speak for the conversation? The token proves the visitor, for
-- this bot and this website; the
-- conversation must be that visitor's. Answers the exchange when not.
function resume.admit_post(self, exchange, post)
  local problem = require "prelude.problem"
  local visitor = visitor_token.read(post.visitor, post.bot, post.site)
  if not visitor then
    problem.respond(exchange, 401, "bad_visitor", "The visitor token is missing or not valid.")
    return false
  end
  local ok, _, code = load(self, { v = visitor, b = post.bot, l = post.locale or "en" })
  if not ok and code ~= "not_found" then
    problem.respond(exchange, 503, "unavailable", titles.unavailable, { ["retry-after"] = "2" })
    return false
  end
  if ok and not self.s and (host.query("visitor.ended", visitor) or {})[1] then ok = false end
  if not ok or self.v ~= visitor or self.b ~= post.bot then
    problem.respond(exchange, 404, "not_found", titles.not_found)
    return false
  end
  return true
end

-- The acknowledgement of a message that is stored already, or nil.
local function stored(self, cid)
  local rows = cid and host.query("message.by_cid", self.k, cid)
  if not rows or not rows[1] then return nil end
  transcript.remember(self, cid, rows[1].seq)
  return rows[1].seq
end

local function cid_of(frame)
  return type(frame) == "table" and type(frame.cid) == "string" and frame.cid or nil
end

-- A failed commit that may be in the store all the same: every session gets
-- what it was not shown, from that message on. A client knows what it has seen.
local function show_again(self, seq)
  local rows, message = host.query("message.since", self.k, seq - 1, MISSED_MAX)
  if not rows then
    host.log("warn", "stored messages not read: " .. tostring(message), { conversation = self.k })
    return host.emit(BYE)
  end
  for _, row in ipairs(rows) do
    host.emit(transcript.frame(row.seq, row.sender, row.body, row.re, row.at), row.seq)
  end
end

local function tell_failure(from, code, was, cid)
  if code == "limit" and from and was == "frame" then -- the tenant's CPU time of this minute
    host.emit_to(from, error_frame("rate_limited", cid, BUSY_MS))
  elseif was == "post" and from then
    local retry = { ["retry-after"] = "2" }
    require("prelude.problem").respond(from, 503, "unavailable", titles.unavailable, retry)
  elseif from then
    host.emit_to(from, error_frame(code == "conflict" and code or "unavailable", cid, RETRY_MS))
    if was == "open" then host.close(from, 1013, "try again later") end -- it has no ready
  else
    host.emit(error_frame("unavailable", nil, RETRY_MS))
  end
end

-- A script of ours or the client's failed on this message, and would again:
-- the message is kept, its dialog ends, and the visitor is told. A dialog
-- stores what it has before a call to the outside: then the message is kept
-- already. One that is kept without such a call under way was answered before.
local function apologise(self, input, session)
  input.session = session
  local half_way = self.d and self.d.o
  local seq = stored(self, input.cid)
  if seq and not half_way then
    transcript.ack(input, seq)
    return show_again(self, seq)
  end
  if self.d then require("prelude.dialog").finish(self, "failed") end
  if seq then
    self.re = seq
    transcript.ack(input, seq)
  else
    transcript.accept(self, input)
  end
  require("prelude.script_log").fault(self, releases.of(self), "the script was ended: see the server's log")
  transcript.say(self, phrases.say(self.l, "failed"))
end

-- "failed": the turn of a message was not committed and this actor was reset.
-- was and text are that message's. After a conflict and after a connection
-- that was lost during the commit its CID may be stored: then the sender gets
-- the acknowledgement that it missed. If not, what was on the way may still
-- come to be stored, so nobody's view is sure: all are asked to say hello again.
function resume.failed(self, from, code, was, text)
  local frame = text and json.decode(text)
  if was == "post" then frame = type(frame) == "table" and frame.frame end
  local cid = (was == "frame" or was == "post") and cid_of(frame) or nil
  local doubtful = code == "conflict" or code == "unknown_outcome"
  if was == "mail" or was == "timer" then -- the asker hears of it by its time-out
    return doubtful and host.emit(BYE) or nil
  end
  local seq = doubtful and stored(self, cid)
  if seq then
    if from then transcript.ack({ cid = cid, [was == "post" and "exchange" or "session"] = from }, seq) end
    show_again(self, seq)
    -- What follows a call to the outside has no CID to find it by, and may come later.
    local half_way = load(self) and self.d and self.d.o
    return half_way and host.emit(BYE) or nil
  end
  if code == "internal" and from and was == "frame" and cid and load(self, meta_of(from)) then
    return apologise(self, frame, from)
  end
  tell_failure(from, code, was, cid)
  if doubtful then host.emit(BYE) end
end

return resume
