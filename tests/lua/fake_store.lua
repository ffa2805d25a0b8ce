-- The named statements that scripts use, on tables in memory. A batch commits
-- as a whole or not at all; unique keys and "exactly one row" are kept, so a
-- repeated CID fails here as it does in the server.
local store = {}
store.__index = store

local function key(...) return table.concat({ ... }, "\0") end

local function copy(t)
  local c = {}
  for k, v in pairs(t) do
    c[k] = v
  end
  return c
end

function store.new()
  return setmetatable({
    tables = {
      bot = {},
      dataset = {},
      conversation = {},
      message = {},
      cid = {},
      step = {},
      outbox = {},
      event = {},
      endpoint = {},
      delivery = {},
      attempt = {},
      submission = {},
      kv = {},
      script_log = {},
      handover = {},
      followup = {},
      followup_entry = {},
      bundle = {},
      script_version = {},
      script_release = {},
      script_draft = {},
      dialog = {},
      erased_visitor = {},
      mail = {},
      mail_recipient = {},
      mail_block = {},
      visit = {},
    },
    down = false,
    batches = 0,
    rows = 0,
  }, store)
end

local function insert(rows, id, row)
  if rows[id] then error({ code = "conflict" }) end
  rows[id] = row
end

local writes = {}

writes["bot.create"] = function(t, tenant, id, public_key, slug, name, settings, domains, at)
  insert(t.bot, key(tenant, id), {
    tenant = tenant,
    id = id,
    public_key = public_key,
    slug = slug,
    name = name,
    settings = settings,
    domains = domains,
    created_at = at,
  })
end

writes["dataset.put"] = function(t, tenant, bot, kind, id, position, body)
  t.dataset[key(tenant, bot, kind, id)] =
    { tenant = tenant, bot = bot, kind = kind, id = id, position = position, body = body }
end

writes["dataset.clear"] = function(t, tenant, bot)
  for k, row in pairs(copy(t.dataset)) do
    if row.tenant == tenant and row.bot == bot then t.dataset[k] = nil end
  end
end

writes["conversation.create"] = function(t, tenant, id, bot, visitor, status, seq, state, at)
  insert(t.conversation, key(tenant, id), {
    tenant = tenant,
    id = id,
    bot = bot,
    visitor = visitor,
    status = status,
    seq = seq,
    state = state,
    created_at = at,
    updated_at = at,
  })
end

writes["conversation.update"] = function(t, tenant, id, status, seq, state, at)
  local row = t.conversation[key(tenant, id)]
  if not row or row.seq > seq then error({ code = "conflict" }) end
  local new = copy(row)
  new.status, new.seq, new.state, new.updated_at = status, seq, state, at
  t.conversation[key(tenant, id)] = new
end

writes["message.insert"] = function(t, tenant, conversation, seq, sender, cid, re, body, at)
  local row = {
    tenant = tenant,
    conversation = conversation,
    seq = seq,
    sender = sender,
    cid = cid,
    re = re,
    body = body,
    at = at,
  }
  insert(t.message, key(tenant, conversation, seq), row)
  if cid then insert(t.cid, key(tenant, conversation, cid), row) end
end

writes["step.insert"] = function(t, tenant, conversation, dialog, step, kind, value, at)
  assert(type(dialog) == "string", "step.dialog is a text")
  insert(t.step, key(tenant, conversation, dialog, step), {
    tenant = tenant,
    conversation = conversation,
    dialog = dialog,
    step = step,
    kind = kind,
    value = value,
    at = at,
  })
end

writes["submission.insert"] = function(t, tenant, id, conversation, form, fields, at)
  insert(
    t.submission,
    key(tenant, id),
    { tenant = tenant, id = id, conversation = conversation, form = form, fields = fields, at = at }
  )
end

writes["visit.put"] = function(t, tenant, conversation, _, _, facts, counted, at)
  t.visit[key(tenant, conversation)] = {
    tenant = tenant,
    conversation = conversation,
    facts = facts,
    visits = counted,
    first_at = at,
    last_at = at,
  }
end

writes["visit.remove"] = function(t, tenant, conversation) t.visit[key(tenant, conversation)] = nil end

writes["visit.again"] = function() end -- the real stores' tests see to it

writes["handover.request"] = function(t, tenant, id, conversation, _, _, reason, at)
  insert(t.handover, key(tenant, id), {
    tenant = tenant,
    id = id,
    conversation = conversation,
    reason = reason,
    status = "waiting",
    requested_at = at,
  })
end

writes["handover.end"] = function(t, tenant, id, at)
  local row = copy(t.handover[key(tenant, id)])
  row.status, row.ended_at = "ended", at
  t.handover[key(tenant, id)] = row
end

writes["followup.insert"] = function(t, tenant, id, kind, number, bot, conversation, visitor, status, ...)
  local name, email, phone, subject, fields, consent = ...
  insert(t.followup, key(tenant, id), {
    tenant = tenant,
    id = id,
    kind = kind,
    number = number,
    bot = bot,
    conversation = conversation,
    visitor = visitor,
    status = status,
    name = name,
    email = email,
    phone = phone,
    subject = subject,
    fields = fields,
    consent = consent,
  })
end

writes["followup_entry.insert"] = function(t, tenant, followup, id, kind, author, body, at)
  insert(
    t.followup_entry,
    key(tenant, followup, id),
    { tenant = tenant, followup = followup, id = id, kind = kind, author = author, body = body, at = at }
  )
end

writes["bundle.put"] = function(t, tenant, version, files, at)
  if tenant ~= 0 then error({ code = "denied" }) end
  t.bundle[version] = t.bundle[version] or { version = version, files = files, created_at = at }
end

local function select(rows, match, order)
  local found = {}
  for _, row in pairs(rows) do
    if match(row) then found[#found + 1] = copy(row) end
  end
  table.sort(found, order)
  return found
end

local function by(name)
  return function(a, b) return a[name] < b[name] end
end

local queries = {}

queries["bot.by_key"] = function(t, _, public_key)
  return select(t.bot, function(r) return r.public_key == public_key end, by "id")
end

queries["bot.list"] = function(t, tenant)
  return select(t.bot, function(r) return r.tenant == tenant end, by "id")
end

queries["dataset.all"] = function(t, tenant, bot)
  return select(t.dataset, function(r) return r.tenant == tenant and r.bot == bot end, function(a, b)
    if a.kind ~= b.kind then return a.kind < b.kind end
    return a.position < b.position
  end)
end

queries["handover.queue"] = function(t, tenant)
  return select(t.handover, function(r) return r.tenant == tenant and not r.ended_at end, by "requested_at")
end

queries["conversation.get"] = function(t, tenant, id)
  local rows = select(t.conversation, function(r) return r.tenant == tenant and r.id == id end, by "id")
  if rows[1] then
    local last = 0
    for _, message in pairs(t.message) do
      if message.tenant == tenant and message.conversation == id and message.seq > last then
        last = message.seq
      end
    end
    rows[1].last_seq = last
  end
  return rows
end

queries["conversation.latest_of_visitor"] = function(t, tenant, bot, visitor)
  local rows = select(
    t.conversation,
    function(r) return r.tenant == tenant and r.bot == bot and r.visitor == visitor end,
    by "id"
  )
  return { rows[#rows] }
end

queries["message.since"] = function(t, tenant, conversation, after, limit)
  local rows = select(
    t.message,
    function(r) return r.tenant == tenant and r.conversation == conversation and r.seq > after end,
    by "seq"
  )
  return table.move(rows, 1, math.min(#rows, limit), 1, {})
end

queries["message.before"] = function(t, tenant, conversation, before, limit)
  local rows = select(
    t.message,
    function(r) return r.tenant == tenant and r.conversation == conversation and r.seq < before end,
    function(a, b) return a.seq > b.seq end
  )
  return table.move(rows, 1, math.min(#rows, limit), 1, {})
end

local function last(t, tenant, conversation, sender)
  local rows = select(t.message, function(r)
    local wanted = sender == nil or r.sender == sender
    return wanted and r.tenant == tenant and r.conversation == conversation
  end, by "seq")
  return { rows[#rows] }
end

queries["message.last"] = function(t, tenant, conversation) return last(t, tenant, conversation) end

queries["message.last_of_visitor"] = function(t, tenant, conversation)
  return last(t, tenant, conversation, "visitor")
end

queries["message.by_cid"] = function(t, tenant, conversation, cid)
  return select(
    t.message,
    function(r) return r.tenant == tenant and r.conversation == conversation and r.cid == cid end,
    by "seq"
  )
end

queries["step.list"] = function(t, tenant, conversation, dialog)
  return select(
    t.step,
    function(r) return r.tenant == tenant and r.conversation == conversation and r.dialog == dialog end,
    by "step"
  )
end

queries["step.get"] = function(t, tenant, conversation, dialog, step)
  return { t.step[key(tenant, conversation, dialog, step)] }
end

queries["followup.same"] = function() return {} end

queries["followup.of_visitor"] = function(t, tenant, kind, bot, visitor, number)
  return select(
    t.followup,
    function(r)
      return r.tenant == tenant
        and r.kind == kind
        and r.bot == bot
        and r.visitor == visitor
        and r.number == number
    end,
    by "id"
  )
end

queries["followup.standing"] = function(t, tenant, bot, visitor)
  local rows = select(
    t.followup,
    function(r) return r.tenant == tenant and r.bot == bot and r.visitor == visitor end,
    by "id"
  )
  local lead
  for _, row in ipairs(rows) do
    if row.kind == "lead" then lead = row.status end
  end
  return { { lead = lead, followups = #rows } }
end

queries["followup_entry.newest"] = function() return {} end

queries["followup.next_number"] = function(t, tenant, kind)
  local rows = select(t.followup, function(r) return r.tenant == tenant and r.kind == kind end, by "id")
  return { { number = #rows + 1 } }
end

queries["bundle.get"] = function(t, _, version)
  return select(t.bundle, function(r) return r.version == version end, by "version")
end

require "tests.lua.fake_erasure"(writes, queries)

local kit = { key = key, insert = insert, select = select, copy = copy }
require "tests.lua.fake_outbox"(writes, queries, kit)
require "tests.lua.fake_ledger"(writes, queries, kit)
require "tests.lua.fake_mail"(writes, queries, kit)
require "tests.lua.fake_script_data"(writes, queries, kit)

require "tests.lua.fake_scripts"(
  writes,
  queries,
  select,
  writes["message.insert"],
  writes["conversation.create"]
)

-- rows, or nil, message, code
function store:query(tenant, name, ...)
  local query = queries[name] or error("no query '" .. name .. "'", 0)
  if self.down then return nil, "the store is away", "unavailable" end
  return query(self.tables, tenant, ...)
end

-- batch: list of { name, n = count, parameters... }. true, or nil, message, code
function store:commit(tenant, batch)
  self.returned = nil
  if #batch == 0 then return true end
  if self.down then return nil, "the store is away", "unavailable" end
  local tables = {}
  for name, rows in pairs(self.tables) do
    tables[name] = copy(rows)
  end
  for _, statement in ipairs(batch) do
    local write = writes[statement[1]] or error("no statement '" .. statement[1] .. "'", 0)
    local ok, message = pcall(write, tables, tenant, table.unpack(statement, 2, statement.n))
    if ok and message then self.returned = message end -- rows of the last statement that returned some
    if not ok then
      if type(message) ~= "table" then error(message, 0) end
      return nil, statement[1] .. ": " .. message.code, message.code
    end
  end
  self.tables = tables
  self.batches, self.rows = self.batches + 1, self.rows + #batch
  return true
end

-- The calls of a webhook, or the events of a type, in their order.
function store:sent(name)
  return select(
    self.tables.event,
    function(row) return (row.target or row.type) == name end,
    function(a, b) return a.n < b.n end
  )
end

-- The rows of a table that a test wants to see, in the order of a column.
function store:all(name, order)
  return select(self.tables[name], function() return true end, by(order))
end

return store
