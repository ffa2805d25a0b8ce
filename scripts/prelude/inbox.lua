-- What arrives at a conversation: each message is either dealt with here
-- (sessions, signals, faults) or becomes an input: a small table { type, cid,
-- text | value | name, args | form, fields, session | exchange } that the
-- visitor wants answered. Both the conversation and a waiting dialog read
-- their mail through take(); nothing is accepted or numbered here.
local host = require "host"
local jobs = require "prelude.jobs"
local json = require "json"
local frame_of = require "lib.frame"
local phrases = require "lib.phrases"
local plan = require "prelude.plan"
local too_fast = require("prelude.pace").wait
local resume = require "prelude.resume"
local transcript = require "prelude.transcript"

local inbox = {}

local find, texts = string.find, host.texts
local seen, ack, ready = transcript.seen, transcript.ack, resume.ready

local SILENCE <const> = "silence"
local STANDING <const> = "standing" -- the mail of api/followups
local TEXT_MAX <const> = 4000 -- characters; the other bounds are bytes
local VALUE_MAX <const>, CID_MAX <const>, BAD_FRAMES_MAX <const> = 200, 64, 5

local titles = {
  bad_frame = "This frame could not be understood.",
  bad_cid = "A message needs a cid of 1 to 64 characters.",
  too_long = "This message is too long.",
  empty = "This message is empty.",
  rate_limited = "Too many messages at once. Please wait a moment.",
  account_suspended = "This chat is not available at the moment.",
  hello_twice = "This connection has already said hello.",
}

local function fault(code) return nil, titles[code], code end

local function is_text(value, max) return type(value) == "string" and #value <= max end

-- Readers of the frames that carry something to answer: they check, and add
-- nothing. nil, title, code when the frame breaks a rule. Only a message has a text.
local readers = {}

function readers.message(frame, said)
  if not said then return fault "bad_frame" end
  if #said > TEXT_MAX and (#said > 4 * TEXT_MAX or utf8.len(said) > TEXT_MAX) then return fault "too_long" end
  if said < "!" and not find(said, "%S") then return fault "empty" end -- blanks sort before "!"
  return frame
end

function readers.choice(frame)
  if not is_text(frame.value, VALUE_MAX) then return fault "too_long" end
  frame.text = nil
  return frame
end

function readers.command(frame)
  if not is_text(frame.name, VALUE_MAX) then return fault "too_long" end
  if frame.args ~= nil and type(frame.args) ~= "table" then return fault "bad_frame" end
  frame.text = nil
  return frame
end

function readers.form(frame)
  if not is_text(frame.form, VALUE_MAX) or type(frame.fields) ~= "table" then return fault "bad_frame" end
  frame.text = nil
  return frame
end

if host.setting "stage" then
  function readers.file(frame) return require("prelude.files").read_on_stage(frame) end
end

local function refuse(self, session, title, code, cid)
  cid = type(cid) == "string" and #cid <= CID_MAX and '"cid":' .. json.encode(cid) .. "," or ""
  host.emit_to(
    session,
    '{"type":"error",' .. cid .. '"code":"' .. code .. '","title":' .. json.encode(title) .. "}"
  )
  self.bad = (self.bad or 0) + 1
  if self.bad >= BAD_FRAMES_MAX then host.close(session, 1008, "too many bad frames") end
end

-- A form whose fields break their rules: not part of the conversation, the
-- visitor mends and sends it again. errors: list of { name, detail }
function inbox.refuse_form(self, input, errors)
  local title = phrases.say(self.l, "form_faults")
  if input.exchange then
    for _, wrong in ipairs(errors) do
      wrong.pointer = "/fields/" .. wrong.name
    end
    return require("prelude.problem").respond(
      input.exchange,
      422,
      "invalid_form",
      title,
      nil,
      json.array(errors)
    )
  end
  host.emit_to(
    input.session,
    '{"type":"error","cid":'
      .. json.encode(input.cid)
      .. ',"code":"invalid_form","title":'
      .. json.encode(title)
      .. ',"errors":'
      .. json.encode(json.array(errors))
      .. "}"
  )
end

-- A decoded frame: the input, or nil when it is dealt with, or nil, title,
-- code when it breaks a rule.
local function read(self, frame, session)
  local kind, cid, said = texts(frame, "type", "cid", "text")
  local reader = readers[kind]
  if not reader then
    if kind == "hello" then return fault "hello_twice" end
    local signal = kind and require("prelude.signals")[kind]
    if not signal then return fault "bad_frame" end
    local _, title, code = signal(self, session, frame)
    return nil, title, code
  end
  if not cid or cid == "" or #cid > CID_MAX then return fault "bad_cid" end
  return reader(frame, said)
end

-- Fields that are ours, whatever the frame had under their names. What is not
-- there is not set to nil, which costs more than to look.
local function claim(input, session, exchange)
  input.session = session
  if exchange or input.exchange then input.exchange = exchange end
  if input.shown then input.shown = nil end
  if input.blocks then input.blocks = nil end
  if input.file then input.file = nil end
  if input.used then input.used = nil end
end

-- The message is not part of the conversation: its sender may send it again.
local function slow_down(input, wait)
  if input.exchange then
    local retry = { ["retry-after"] = tostring((wait + 999) // 1000) }
    require("prelude.problem").respond(input.exchange, 429, "rate_limited", titles.rate_limited, retry)
    return nil
  end
  host.emit_to(
    input.session,
    frame_of("error", {
      cid = input.cid,
      code = "rate_limited",
      title = titles.rate_limited,
      retry_after_ms = wait,
    })
  )
  return nil
end

-- frame: decoded; a text that is no JSON comes as it is.
local function take_frame(self, session, frame)
  local input, title, code = read(self, frame, session)
  if code then return refuse(self, session, title, code, texts(frame, "cid")) end
  if self.bad then self.bad = nil end
  if not input or not (self.n or ready(self, session, input.cid)) then return nil end
  claim(input, session, nil)
  local seq = seen(self, input.cid)
  if seq then return ack(input, seq) end -- the same message a second time: nothing else happens
  if plan.suspended then
    return refuse(self, session, titles.account_suspended, "account_suspended", input.cid)
  end
  local wait = too_fast(self)
  if wait then return slow_down(input, wait) end
  return input
end

-- A message that came by POST; payload is { visitor, site, bot, locale, frame }.
local function take_post(self, exchange, payload)
  local post = json.decode(payload)
  if not resume.admit_post(self, exchange, post) then return nil end
  if post.file then
    local seq = seen(self, post.cid)
    if seq then return ack({ cid = post.cid, exchange = exchange }, seq) end
    local upload = require("prelude.files").take(self, exchange, post)
    if upload then upload.exchange = exchange end
    return upload
  end
  local input, title, code = read(self, post.frame, nil)
  if code then
    require("prelude.problem").respond(exchange, 422, code, title)
    return nil
  end
  if not input then
    host.respond(exchange, 202, { ["access-control-allow-origin"] = "*" }, "")
    return nil
  end
  claim(input, nil, exchange)
  local seq = seen(self, input.cid)
  if seq then return ack(input, seq) end
  local wait = too_fast(self)
  if wait then return slow_down(input, wait) end
  return input
end

-- The mail of the silence's timer: an input of that type, for prelude/silence.
-- The mail of a dialog's timer: an input of type "timeout", or "resume" when
-- a step to the outside was under way; nil when the dialog has gone on. A job
-- whose conversation cannot be read comes again when its lease runs out.
local function take_job(self, payload)
  local job = jobs.take(payload)
  if job and job.topic == "ticket.message" then
    if resume.load(self) and jobs.held(job) then require("prelude.tickets").deliver(self, job) end
    return nil
  end
  if job and job.topic == "hook.chat" then
    if resume.load(self) and jobs.held(job) then require("hooks.arrival").here(self, job) end
    return nil
  end
  if job and job.timer == SILENCE then return resume.load(self) and { type = SILENCE, job = job } or nil end
  if not job or job.timer ~= "dialog" or not resume.load(self) or not jobs.held(job) then return nil end
  jobs.done(job)
  local d = self.d
  if not d or d.i ~= job.data.d or d.w ~= job.data.i then return nil end
  d.t, self.z, self.re = nil, true, nil -- what is said now answers no message
  return { type = d.o and "resume" or "timeout" }
end

-- What a person does in the chat is an input, too: it ends a dialog's wait.
local function take_mail(self, payload, token)
  local request = require("prelude.takeover").request(payload)
  if request then return { type = "person", request = request, token = token } end
  if payload == STANDING then
    self.ld = nil
    return nil
  end
  return take_job(self, payload)
end

-- One message of the mailbox: an input to answer, or nil when it is done.
function inbox.take(self, kind, a, b, c, d)
  if kind == "frame" then return take_frame(self, a, b) end
  if kind == "post" then return take_post(self, a, b) end
  if kind == "open" then return resume.open(self, a, b) end
  if kind == "failed" then return resume.failed(self, a, b, c, d) end
  if kind == "mail" then return take_mail(self, a, b) end
  return nil -- "gone" and "timer" ask for nothing here
end

return inbox
