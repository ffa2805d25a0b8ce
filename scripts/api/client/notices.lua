-- /v1/notices: who of the client's people gets which notices by mail, and the
-- log of all mail (docs/api.md).
local host = require "host"
local json = require "json"
local contact = require "lib.contact"
local notices = require "mail.notices"
local outgoing = require "mail.outgoing"
local pages = require "api.pages"
local render = require "mail.render"
local resource = require "api.resource"
local shapes = require "api.shapes"

local READ, WRITE = "notices:read", "notices:write"
local STATES = { "on", "off" }
local MAIL_STATES = { "waiting", "collected", "gathered", "sent", "failed", "off" }
local MAIL_KINDS = { "digest", "confirm", "transcript", "test" }
table.move(notices.kinds, 1, #notices.kinds, #MAIL_KINDS + 1, MAIL_KINDS)

local KINDS = shapes.list({ type = "string", enum = notices.kinds }, #notices.kinds)

local function at(ms) return ms and host.rfc3339(ms) or json.null end

local function stopped_of(row)
  local list = {}
  for kind, ms in pairs(json.decode(row.stopped) or {}) do
    list[#list + 1] = { kind = kind, at = at(ms) }
  end
  table.sort(list, function(a, b) return a.kind < b.kind end)
  return json.array(list)
end

local function show(row)
  return {
    id = row.id,
    email = row.email,
    language = row.language,
    at_once = json.array(json.decode(row.at_once) or {}),
    daily = json.array(json.decode(row.daily) or {}),
    hour = row.hour,
    stopped = stopped_of(row),
    state = row.state,
    reason = row.reason or json.null,
    created_at = at(row.created_at),
    updated_at = at(row.updated_at),
  }
end

local function show_mail(row)
  return {
    id = row.id,
    kind = row.kind,
    recipient = row.recipient or json.null,
    address = row.address,
    conversation = row.conversation or json.null,
    event = row.event or json.null,
    state = row.state,
    attempts = row.attempts,
    due_at = (row.state == "waiting" or row.state == "collected") and at(row.due_at) or json.null,
    status = row.status or json.null,
    error = row.error or json.null,
    created_at = at(row.created_at),
    updated_at = at(row.updated_at),
  }
end

local FIELDS = {
  email = { type = "string", format = "email", maxLength = 254 },
  language = { type = "string", enum = render.languages },
  at_once = KINDS,
  daily = shapes.list(KINDS.items, KINDS.maxItems, { description = "Sent together, once a day." }),
  hour = {
    type = "integer",
    minimum = 0,
    maximum = 23,
    description = "Of the daily summary, in the business's time zone.",
  },
}

local SCHEMA = shapes.object {
  id = shapes.id "rcp",
  email = FIELDS.email,
  language = FIELDS.language,
  at_once = KINDS,
  daily = FIELDS.daily,
  hour = FIELDS.hour,
  stopped = shapes.list(
    shapes.object { kind = shapes.text(20), at = shapes.time() },
    20,
    { description = "Kinds that this person gave up by the link in a mail." }
  ),
  state = {
    type = "string",
    enum = STATES,
    description = "`off` after three mails in a row that were refused for good.",
  },
  reason = shapes.maybe(shapes.text(700)),
  created_at = shapes.time(),
  updated_at = shapes.time(),
}

local MAIL = shapes.object {
  id = shapes.id("mail", "An id: `mail_...`"),
  kind = { type = "string", enum = MAIL_KINDS },
  recipient = shapes.maybe(shapes.id "rcp"),
  address = shapes.text(254),
  conversation = shapes.maybe(shapes.id "conv"),
  event = shapes.maybe(shapes.id "evt"),
  state = { type = "string", enum = MAIL_STATES },
  attempts = { type = "integer" },
  due_at = shapes.maybe(shapes.time()),
  status = shapes.maybe { type = "integer", description = "The mail server's last code." },
  error = shapes.maybe(shapes.text(700)),
  created_at = shapes.time(),
  updated_at = shapes.time(),
}
MAIL.properties.id.maxLength = 60

local function fault(pointer, detail)
  return nil, nil, "invalid", { { pointer = pointer, code = "not_allowed", detail = detail } }
end

local function encoded(kinds) return json.encode(json.array(kinds or {})) end

local function create(request)
  local body = request.body
  local email = outgoing.address_or_nil(contact.email(body.email))
  if not email then return fault("/email", "is not an address that mail can be sent to") end
  local all, message, code = host.query("mail_recipient.list", "", notices.RECIPIENTS_MAX + 1)
  if not all then return nil, message, code end
  if #all >= notices.RECIPIENTS_MAX then
    return fault("", ("an account has at most %d recipients"):format(notices.RECIPIENTS_MAX))
  end
  for _, row in ipairs(all) do
    if row.email == email then return fault("/email", "is a recipient already") end
  end
  local row = {
    id = host.new_id "rcp",
    email = email,
    language = body.language or "en",
    at_once = encoded(body.at_once),
    daily = encoded(body.daily),
    hour = body.hour or 8,
    stopped = "{}",
    state = "on",
    created_at = request.now,
    updated_at = request.now,
  }
  host.write(
    "mail_recipient.insert",
    row.id,
    row.email,
    row.language,
    row.at_once,
    row.daily,
    row.hour,
    request.now
  )
  return 201, show(row)
end

-- A kind that the person gave up and the client puts back is no longer noted as given up.
local function still_stopped(row)
  local stopped = json.decode(row.stopped) or {}
  for _, kinds in ipairs { row.at_once, row.daily } do
    for _, kind in ipairs(json.decode(kinds)) do
      stopped[kind] = nil
    end
  end
  if row.daily ~= "[]" then stopped.digest = nil end
  return json.encode(stopped)
end

local function update(request, row)
  local body = request.body
  row.language, row.hour = body.language or row.language, body.hour or row.hour
  row.at_once = body.at_once and encoded(body.at_once) or row.at_once
  row.daily = body.daily and encoded(body.daily) or row.daily
  if body.at_once or body.daily then row.stopped = still_stopped(row) end
  if body.state then
    row.state, row.reason = body.state, body.state == "off" and "turned off" or nil
  end
  row.updated_at = request.now
  host.write(
    "mail_recipient.update",
    row.id,
    row.language,
    row.at_once,
    row.daily,
    row.hour,
    row.stopped,
    row.state,
    row.reason,
    request.now
  )
  return 200, show(row)
end

local function delete(request, row)
  host.write("mail_recipient.delete", row.id)
  host.write("mail.drop_recipient", row.id, request.now, "the recipient was removed")
  return 204
end

-- As many as there may be notices: nobody's mailbox is filled by tests either.
local function test(request, row)
  local lately, message, code = host.query("mail.lately", request.now - 3600000)
  if not lately then return nil, message, code end
  for _, one in ipairs(lately) do
    if one.recipient == row.id and one.count >= notices.HOUR_MAX then
      return nil, "This recipient has got enough mail in this hour.", "rate_limited"
    end
  end
  local id, on = host.new_id "mail", notices.is_on()
  host.write(
    "mail.insert",
    id,
    "test",
    row.id,
    row.email,
    row.language,
    nil,
    nil,
    nil,
    on and "waiting" or "off",
    request.now,
    not on and notices.OFF or nil,
    request.now
  )
  if on then notices.arm(request.now) end
  return 202, { mail = id, state = on and "waiting" or "off" }
end

local function log(request)
  local query = request.query
  local rows, message, code =
    host.query("mail.list", request.after or "~", query.state, query.recipient, query.limit + 1)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show_mail, function(row) return row.id end)
end

local ONE = "/v1/notices/{recipient}"

return {
  {
    method = "GET",
    path = "/v1/notices",
    scope = READ,
    summary = "Recipients of notices by mail, oldest first",
    list = true,
    responses = { [200] = { description = "Recipients", schema = pages.schema(SCHEMA) } },
    run = resource.list("mail_recipient.list", show),
  },
  {
    method = "POST",
    path = "/v1/notices",
    scope = WRITE,
    summary = "Adds a recipient",
    body = shapes.input(
      FIELDS,
      { "email" },
      { example = { email = "team@example.org", at_once = { "lead" }, daily = { "ticket" }, hour = 8 } }
    ),
    responses = { [201] = { description = "The recipient", schema = SCHEMA } },
    run = create,
  },
  {
    method = "GET",
    path = ONE,
    scope = READ,
    summary = "One recipient",
    responses = { [200] = { description = "The recipient", schema = SCHEMA } },
    run = resource.on("mail_recipient.get", "recipient", function(_, row) return 200, show(row) end),
  },
  {
    method = "PATCH",
    path = ONE,
    scope = WRITE,
    summary = "Changes what a recipient gets, turns it on or off",
    body = shapes.input({
      language = FIELDS.language,
      at_once = KINDS,
      daily = FIELDS.daily,
      hour = FIELDS.hour,
      state = { type = "string", enum = STATES },
    }, nil, { minProperties = 1, example = { state = "on" } }),
    responses = { [200] = { description = "The recipient", schema = SCHEMA } },
    run = resource.on("mail_recipient.get", "recipient", update),
  },
  {
    method = "DELETE",
    path = ONE,
    scope = WRITE,
    summary = "Removes a recipient and what waits for it",
    responses = { [204] = { description = "Removed" } },
    run = resource.on("mail_recipient.get", "recipient", delete),
  },
  {
    method = "POST",
    path = ONE .. "/test",
    scope = WRITE,
    summary = "Sends a test mail to this recipient",
    responses = {
      [202] = {
        description = "On its way; `off` where the server sends no mail",
        schema = shapes.object {
          mail = shapes.text(60),
          state = { type = "string", enum = { "waiting", "off" } },
        },
      },
    },
    run = resource.on("mail_recipient.get", "recipient", test),
  },
  {
    method = "GET",
    path = "/v1/mails",
    scope = READ,
    summary = "What was mailed, waits or failed, newest first",
    list = true,
    query = {
      state = { type = "string", enum = MAIL_STATES },
      recipient = shapes.id("rcp", "Only those to one recipient"),
    },
    responses = { [200] = { description = "Mails", schema = pages.schema(MAIL) } },
    run = log,
  },
}
