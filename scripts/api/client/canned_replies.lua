-- Replies that the team keeps at hand (the desk offers them while answering).
local host = require "host"
local pages = require "api.pages"
local shapes = require "api.shapes"

local READ, WRITE = "handovers:read", "handovers:write"

local FIELDS = { title = shapes.text(80, { minLength = 1 }), text = shapes.text(2000, { minLength = 1 }) }

local EXAMPLE = { title = "Opening hours", text = "We are open from nine to six." }

local REPLY = shapes.object {
  id = shapes.id "crep",
  title = FIELDS.title,
  text = FIELDS.text,
  updated_at = shapes.time(),
}

local function show(row)
  return { id = row.id, title = row.title, text = row.text, updated_at = host.rfc3339(row.updated_at) }
end

local function not_found() return nil, "There is no such reply.", "not_found" end

local function put(id, body, now)
  host.write("canned.put", id, body.title, body.text, now)
  return { id = id, title = body.title, text = body.text, updated_at = now }
end

return {
  {
    method = "GET",
    path = "/v1/canned_replies",
    scope = READ,
    summary = "Replies at hand",
    list = true,
    responses = { [200] = { description = "A page.", schema = pages.schema(REPLY) } },
    run = function(request)
      local rows, message, code = host.query("canned.list", request.after or "", request.query.limit + 1)
      if not rows then return nil, message, code end
      return pages.answer(request, rows, show, function(row) return row.id end)
    end,
  },
  {
    method = "POST",
    path = "/v1/canned_replies",
    scope = WRITE,
    summary = "Add a reply",
    body = shapes.input(FIELDS, { "title", "text" }, { example = EXAMPLE }),
    responses = { [201] = { description = "The reply.", schema = REPLY } },
    run = function(request) return 201, show(put(host.new_id "crep", request.body, request.now)) end,
  },
  {
    method = "PATCH",
    path = "/v1/canned_replies/{reply}",
    scope = WRITE,
    summary = "Change a reply",
    body = shapes.input(FIELDS, nil, { minProperties = 1, example = EXAMPLE }),
    responses = {
      [200] = { description = "The reply.", schema = REPLY },
      [404] = { description = "There is no such reply." },
    },
    run = function(request)
      local rows, message, code = host.query("canned.get", request.path.reply)
      if not rows then return nil, message, code end
      local row = rows[1]
      if not row then return not_found() end
      local body = { title = request.body.title or row.title, text = request.body.text or row.text }
      return 200, show(put(row.id, body, request.now))
    end,
  },
  {
    method = "DELETE",
    path = "/v1/canned_replies/{reply}",
    scope = WRITE,
    summary = "Remove a reply",
    responses = {
      [204] = { description = "It is gone." },
      [404] = { description = "There is no such reply." },
    },
    run = function(request)
      local rows, message, code = host.query("canned.get", request.path.reply)
      if not rows then return nil, message, code end
      if not rows[1] then return not_found() end
      host.write("canned.remove", request.path.reply)
      return 204
    end,
  },
}
