-- /v1/conversations: what was said.
local host = require "host"
local identity = require "prelude.identity"
local json = require "json"
local marks = require "prelude.marks"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"
local visits = require "prelude.visits"

local function with(properties, more)
  local all = {}
  for _, list in ipairs { properties, more } do
    for name, property in pairs(list) do
      all[name] = property
    end
  end
  return all
end

local STATUS = { type = "string", enum = { "bot", "waiting", "human", "closed" } }

local schema = shapes.object {
  id = shapes.id "conv",
  bot = shapes.id "bot",
  visitor = shapes.id "vis",
  status = STATUS,
  created_at = shapes.time(),
  updated_at = shapes.time "The last change of its state; a message alone does not count.",
}

local USER = shapes.object {
  id = shapes.text(200, { description = "The id that your own system has for the user." }),
  traits = shapes.anything "What your website said of the user.",
}
USER.type = { "object", "null" }
USER.description = "Who the visitor is, once your server has signed it: see docs/widget.md."

local VISIT = shapes.object({
  visits = { type = { "integer", "null" }, description = "How often the visitor has come." },
  first_at = shapes.time(),
  last_at = shapes.time(),
}, {
  browser = shapes.text(40),
  version = { type = "integer" },
  os = shapes.text(40),
  device = { type = "string", enum = { "desktop", "phone", "tablet", "robot" } },
  language = shapes.text(3),
  time_zone = shapes.text(40),
  screen = { type = "string", enum = { "small", "medium", "large", "huge" } },
  landing = shapes.text(1000, { description = "Origin and path, and the names of campaigns (`utm_...`)." }),
  referrer = shapes.text(100, { description = "The host from whose page the visitor came." }),
})
VISIT.type = { "object", "null" }
VISIT.description = "Facts of the visit in which it began, as far as they are kept: see docs/privacy.md."

local one_schema = shapes.object(with(schema.properties, { user = USER, visit = VISIT }))

local message_schema = shapes.object {
  seq = { type = "integer" },
  from = { type = "string", enum = { "visitor", "bot", "human" } },
  status = {
    type = "string",
    enum = { "sent", "delivered", "read" },
    description = "How far it has come: by the visitor, or, what the visitor wrote, by people who answer.",
  },
  blocks = shapes.list(shapes.anything "A block of the visitor channel, such as `{kind, text}`."),
  re = { type = { "integer", "null" }, description = "`seq` of the message that this one answers" },
  at = shapes.time(),
}

local function show(row)
  return {
    id = row.id,
    bot = row.bot,
    visitor = row.visitor,
    status = row.status,
    created_at = host.rfc3339(row.created_at),
    updated_at = host.rfc3339(row.updated_at),
  }
end

local function show_message(row, state)
  return {
    seq = row.seq,
    from = row.sender,
    status = marks.status(state, row.sender, row.seq),
    blocks = json.array(json.decode(row.body) or {}),
    re = row.re or json.null,
    at = host.rfc3339(row.at),
  }
end

local function list(request)
  local query = request.query
  local before, limit = request.after or "~", query.limit + 1
  local rows, message, code =
    host.query("conversation.list", before, query.bot, query.status, query.visitor, limit)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.id end)
end

local function get(request)
  local row, message, code = resource.one("conversation.get", request.path.conversation)
  if not row then return nil, message, code end
  local shown = show(row)
  shown.visit = visits.show(row.id, json.null) or json.null
  shown.user = identity.show(row.bot, row.visitor) or json.null
  return 200, shown
end

local function messages(request)
  local row, message, code = resource.one("conversation.get", request.path.conversation)
  if not row then return nil, message, code end
  local after = math.tointeger(tonumber(request.after or "0"))
  local rows
  rows, message, code = host.query("message.since", row.id, after, request.query.limit + 1)
  if not rows then return nil, message, code end
  local state = json.decode(row.state) or {}
  local function shown(message_row) return show_message(message_row, state) end
  return pages.answer(request, rows, shown, function(last) return tostring(last.seq) end)
end

return {
  {
    method = "GET",
    path = "/v1/conversations",
    scope = "conversations:read",
    summary = "Conversations, newest first",
    query = { bot = shapes.id "bot", status = STATUS, visitor = shapes.id "vis" },
    list = true,
    responses = { [200] = { description = "Conversations", schema = pages.schema(schema) } },
    run = list,
  },
  {
    method = "GET",
    path = "/v1/conversations/{conversation}",
    scope = "conversations:read",
    summary = "One conversation",
    responses = { [200] = { description = "The conversation", schema = one_schema } },
    run = get,
  },
  {
    method = "GET",
    path = "/v1/conversations/{conversation}/messages",
    scope = "conversations:read",
    summary = "Messages of a conversation, oldest first",
    list = true,
    responses = { [200] = { description = "Messages", schema = pages.schema(message_schema) } },
    run = messages,
  },
}
