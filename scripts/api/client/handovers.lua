-- People in chats, for tools without a socket: the queue, taking a chat,
-- answering, noting, handing back. What fits is decided by the conversation
-- itself (prelude/takeover.lua); whoever takes a chat here is "api:" and the
-- key, and never counted as away (actors/desk.lua).
local host = require "host"
local json = require "json"
local pages = require "api.pages"
local shapes = require "api.shapes"

local READ, WRITE = "handovers:read", "handovers:write"
local ASK_MS = 10000
local NOTES_MAX = 100

local TEXT = shapes.text(4000, { minLength = 1 })

local function ask(request, op, more)
  local person = more or {}
  person.op = op
  person.agent = { id = "api:" .. request.key.id, name = request.key.name }
  local text = host.ask("conversation", request.path.conversation, json.encode { person = person }, ASK_MS)
  local reply = text and json.decode(text)
  if not reply then return nil, "The conversation does not answer.", "unavailable" end
  if reply.code then return nil, reply.title, reply.code end
  return reply
end

-- A route that asks the conversation for one thing.
local function act(op, path, summary, properties, example, answer)
  local required = {}
  for name, rule in pairs(properties or {}) do
    if rule.minLength then required[#required + 1] = name end
  end
  return {
    method = "POST",
    path = "/v1/conversations/{conversation}/" .. path,
    scope = WRITE,
    summary = summary,
    body = properties and shapes.input(properties, required, { example = example }),
    body_optional = #required == 0,
    responses = {
      [200] = {
        description = "Done; seq is that of the conversation's newest message, where one was written.",
        schema = shapes.object { seq = { type = { "integer", "null" } } },
      },
      [404] = { description = "There is no such conversation." },
      [409] = { description = "Somebody else has it (`already_taken`), or you do not (`not_yours`)." },
    },
    run = function(request)
      local reply, message, code = ask(request, op, answer and answer(request))
      if not reply then return nil, message, code end
      return 200, { seq = reply.seq or json.null }
    end,
  }
end

-- The conversation itself sees to it that the same key has one effect.
local function written(request)
  return { cid = request.headers["idempotency-key"] or host.new_id "cid", text = request.body.text }
end

local HANDOVER = shapes.object {
  id = shapes.id "hnd",
  conversation = shapes.id "conv",
  bot = shapes.id "bot",
  reason = shapes.text(80),
  status = shapes.text(10, { enum = { "waiting", "assigned", "ended" } }),
  agent = shapes.maybe(shapes.text(80)),
  requested_at = shapes.time(),
  assigned_at = shapes.maybe(shapes.time()),
  ended_at = shapes.maybe(shapes.time()),
}

local function time_of(ms) return ms and host.rfc3339(ms) or json.null end

local function handover_of(row)
  return {
    id = row.id,
    conversation = row.conversation,
    bot = row.bot,
    reason = row.reason,
    status = row.status,
    agent = row.agent_name or json.null,
    requested_at = time_of(row.requested_at),
    assigned_at = time_of(row.assigned_at),
    ended_at = time_of(row.ended_at),
  }
end

local NOTE = shapes.object { agent = shapes.text(80), text = TEXT, at = shapes.time() }

return {
  {
    method = "GET",
    path = "/v1/handovers",
    scope = READ,
    summary = "Requests for a person, newest first",
    list = true,
    responses = { [200] = { description = "A page.", schema = pages.schema(HANDOVER) } },
    run = function(request)
      local rows, message, code = host.query("handover.list", request.after or "~", request.query.limit + 1)
      if not rows then return nil, message, code end
      return pages.answer(request, rows, handover_of, function(row) return row.id end)
    end,
  },
  act(
    "take",
    "take",
    "Take a conversation: the bot pauses",
    { force = { type = "boolean", description = "Also from a colleague." } },
    { force = false },
    function(request) return { force = request.body.force == true } end
  ),
  act("message", "answers", "Answer the visitor", { text = TEXT }, { text = "I will look it up." }, written),
  act(
    "note",
    "notes",
    "Write a note that only the team sees",
    { text = TEXT },
    { text = "A regular." },
    written
  ),
  act("hand_back", "hand_back", "Give the conversation back to the bot"),
  act("release", "release", "Put the conversation back into the queue"),
  act("close", "close", "Close the conversation"),
  {
    method = "GET",
    path = "/v1/conversations/{conversation}/notes",
    scope = READ,
    summary = "Notes of a conversation, oldest first",
    responses = {
      [200] = {
        description = "At most 100.",
        schema = shapes.object { data = shapes.list(NOTE, NOTES_MAX) },
      },
    },
    run = function(request)
      local found, message, code = host.query("conversation.get", request.path.conversation)
      if not found then return nil, message, code end
      if not found[1] then return nil, nil, "not_found" end
      local rows
      rows, message, code = host.query("note.list", request.path.conversation, NOTES_MAX)
      if not rows then return nil, message, code end
      local list = {}
      for i, row in ipairs(rows) do
        list[i] = { agent = row.agent_name, text = row.text, at = host.rfc3339(row.at) }
      end
      return 200, { data = json.array(list) }
    end,
  },
}
