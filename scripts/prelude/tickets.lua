-- Tickets as their visitor sees them in the chat: found by number, answered,
-- opened again; and what the team wrote, said in the conversation.
local host = require "host"
local json = require "json"
local events = require "prelude.events"
local followups = require "prelude.followups"
local jobs = require "prelude.jobs"
local phrases = require "lib.phrases"
local transcript = require "prelude.transcript"

local tickets = {}

local MESSAGES_MAX = 10 -- shown by /ticket, the newest
local kind = followups.kinds.ticket

-- The row of this visitor's ticket; nil for one of anybody else.
local function find(self, number)
  if math.type(number) ~= "integer" or not self.v then return nil end
  local rows, message = host.query("followup.of_visitor", "ticket", self.b, self.v, number)
  if not rows then host.log("warn", "ticket not read: " .. tostring(message), { conversation = self.k }) end
  return rows and rows[1]
end

-- { number, status, subject, messages = { { from, text, at } } }, or nil.
function tickets.status(self, number)
  local row = find(self, number)
  if not row then return nil end
  local entries = host.query("followup_entry.newest", row.id, "message", MESSAGES_MAX) or {}
  local messages = {}
  for i, entry in ipairs(entries) do
    local body = json.decode(entry.body)
    messages[#entries + 1 - i] =
      { from = body.from == "team" and "team" or "visitor", text = body.text, at = host.rfc3339(entry.at) }
  end
  return { number = row.number, status = row.status, subject = row.subject, messages = json.array(messages) }
end

-- Adds what the visitor wrote; one that waits or was closed is open again.
function tickets.reply(self, number, text)
  local row = find(self, number)
  if not row then return false end
  row.status, row.conversation = "open", self.k
  followups.update(row)
  followups.note(row, "message", "visitor", { text = text, from = "visitor" })
  local shown = followups.show(row)
  shown.message = { from = "visitor", text = text }
  events.raise(self, kind.updated, shown)
  return true
end

-- The job of a message that the team wrote: said once, however often it comes.
function tickets.deliver(self, job)
  jobs.done(job)
  local body = json.decode(job.body)
  self.re = nil -- it answers no message of the visitor
  local title = body.author and phrases.say(self.l, "ticket_answer_by", body.author, body.number or "")
    or phrases.say(self.l, "ticket_answer", body.number or "")
  transcript.say(self, title .. "\n" .. body.text)
end

return tickets
