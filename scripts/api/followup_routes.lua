-- The routes of one kind of followup, for the modules in api/client/.
local followups = require "api.followups"
local kinds = require "lib.followup_kinds"
local pages = require "api.pages"
local shapes = require "api.shapes"

local function schema_of(kind)
  local properties = {
    id = shapes.id(kind.prefix),
    bot = shapes.id "bot",
    conversation = shapes.id "conv",
    visitor = shapes.id "vis",
    status = { type = "string", enum = kind.statuses },
    assignee = shapes.maybe(shapes.text(200)),
    name = shapes.maybe(shapes.text(200)),
    email = shapes.maybe(shapes.text(300)),
    phone = shapes.maybe(
      shapes.text(60, { description = "E.164 where the country is known, else as it was given" })
    ),
    fields = shapes.anything "Everything that was given, by the form's field names",
    consent = {
      type = { "object", "null" },
      description = "What was agreed to: `text`, `version`, `locale`, `at`",
      additionalProperties = true,
    },
    created_at = shapes.time(),
    updated_at = shapes.time(),
  }
  if kind.numbered then
    properties.number = { type = { "integer", "null" }, description = "What the visitor knows it by" }
    properties.subject = shapes.maybe(shapes.text(300))
  end
  if kind.name == "callback" then
    properties.wanted_at = shapes.maybe(shapes.time "When the visitor hopes to be called")
    properties.wanted_until = shapes.maybe(shapes.time())
  end
  return shapes.object(properties)
end

local ENTRY = shapes.object {
  id = shapes.id "ent",
  kind = { type = "string", enum = { "created", "joined", "changed", "note", "message" } },
  author = shapes.text(200, { description = "`visitor`, a name, or the key that did it" }),
  body = shapes.anything "What was said or changed",
  at = shapes.time(),
}

local function filters(kind)
  return {
    bot = shapes.id "bot",
    status = { type = "string", enum = kind.statuses },
    assignee = shapes.text(200, { description = "Whose; free text" }),
    email = shapes.text(300, { description = "In any case; free text" }),
    phone = shapes.text(60, { description = "As E.164; free text" }),
  }
end

local function export_query(kind)
  local query = filters(kind)
  query.limit =
    { type = "integer", minimum = 1, maximum = 1000, default = 1000, description = "Lines at most" }
  return query
end

local function change_schema(kind)
  local properties = {
    status = { type = "string", enum = kind.statuses },
    assignee = { type = { "string", "null" }, maxLength = 200, description = "Who looks after it" },
  }
  if kind.name == "callback" then
    properties.wanted_at = shapes.maybe(shapes.time())
    properties.wanted_until = shapes.maybe(shapes.time())
  end
  local more = { minProperties = 1, example = { status = kind.statuses[2], assignee = "Grace" } }
  return shapes.input(properties, nil, more)
end

local TEXT = {
  text = shapes.text(4000, { minLength = 1 }),
  author = shapes.text(100, { minLength = 1, description = "Who writes; the key when left out" }),
}
local function text_schema()
  return shapes.input(TEXT, { "text" }, { example = { text = "Called back.", author = "Grace" } })
end

-- The last route: only tickets are talked about with the visitor.
local function messages(kind, path)
  return {
    method = "POST",
    path = path .. "/messages",
    scope = "tickets:write",
    summary = "Answers the visitor",
    description = "The visitor reads it in the chat, at once or at the next visit, and under `/ticket NUMBER`. "
      .. "An open ticket becomes pending.",
    body = text_schema(),
    responses = { [201] = { description = "The message", schema = ENTRY } },
    run = followups.send(kind),
  }
end

return function(name)
  local kind = kinds[name]
  local all = name .. "s"
  local read, write, path = all .. ":read", all .. ":write", ("/v1/%s/{%s}"):format(all, name)
  local schema = schema_of(kind)
  local list = {
    {
      method = "GET",
      path = "/v1/" .. all,
      scope = read,
      summary = ("%ss, newest first"):format(name:gsub("^%l", string.upper)),
      query = filters(kind),
      list = true,
      responses = { [200] = { description = "A page of them", schema = pages.schema(schema) } },
      run = followups.list(kind),
    },
    {
      method = "GET",
      path = ("/v1/exports/%s"):format(all),
      scope = read,
      summary = ("%ss as CSV, newest first"):format(name:gsub("^%l", string.upper)),
      description = "The header `Next-Cursor` is there when there are more. "
        .. "Cells that a spreadsheet would take for a formula begin with an apostrophe.",
      query = export_query(kind),
      list = true,
      responses = { [200] = { description = "A page of them", media = "text/csv" } },
      run = followups.export(kind),
    },
    {
      method = "GET",
      path = path,
      scope = read,
      summary = "One " .. name,
      responses = { [200] = { description = "The " .. name, schema = schema } },
      run = followups.get(kind),
    },
    {
      method = "PATCH",
      path = path,
      scope = write,
      summary = "Changes its status or who looks after it",
      body = change_schema(kind),
      responses = { [200] = { description = "As it is now", schema = schema } },
      run = followups.patch(kind),
    },
    {
      method = "GET",
      path = path .. "/history",
      scope = read,
      summary = "What happened to it, oldest first",
      query = { kind = ENTRY.properties.kind },
      list = true,
      responses = { [200] = { description = "Entries", schema = pages.schema(ENTRY) } },
      run = followups.history(kind),
    },
    {
      method = "POST",
      path = path .. "/notes",
      scope = write,
      summary = "Adds a note for the team",
      body = text_schema(),
      responses = { [201] = { description = "The note", schema = ENTRY } },
      run = followups.add_note(kind),
    },
  }
  if kind.numbered then list[#list + 1] = messages(kind, path) end
  return list
end
