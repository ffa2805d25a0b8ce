-- The statements of schema/queries/script.sql, on the tables of
-- tests/lua/fake_store.lua.
local function key(...) return table.concat({ ... }, "\0") end

local function row_of(names, ...)
  local row = {}
  for i, name in ipairs(names) do
    row[name] = (select(i, ...))
  end
  return row
end

local function put(t, into, id, row)
  if t[into][id] then error({ code = "conflict" }) end
  t[into][id] = row
end

local VERSION = { "bot", "number", "hash", "files", "author", "note", "created_at" }
local RELEASE = { "bot", "number", "kind", "main", "trial", "share", "arm", "author", "note", "at" }
local DIALOG = { "conversation", "dialog", "bot", "command", "version", "outcome", "steps", "at" }

return function(writes, queries, select_rows, insert_message, create_conversation)
  writes["script.version_put"] = function(t, tenant, bot, number, ...)
    put(t, "script_version", key(tenant, bot, number), row_of(VERSION, bot, number, ...))
    t.script_version[key(tenant, bot, number)].tenant = tenant
  end

  writes["script.release_put"] = function(t, tenant, bot, number, ...)
    put(t, "script_release", key(tenant, bot, number), row_of(RELEASE, bot, number, ...))
    t.script_release[key(tenant, bot, number)].tenant = tenant
  end

  writes["script.draft_put"] = function(t, tenant, bot, files, revision, author, at)
    local old = t.script_draft[key(tenant, bot)]
    if old and old.revision ~= revision - 1 then error({ code = "conflict" }) end
    t.script_draft[key(tenant, bot)] =
      { tenant = tenant, bot = bot, files = files, revision = revision, author = author, updated_at = at }
  end

  writes["dialog.insert"] = function(t, tenant, conversation, dialog, ...)
    local id = key(tenant, conversation, dialog)
    if not t.dialog[id] then t.dialog[id] = row_of(DIALOG, conversation, dialog, ...) end
    t.dialog[id].tenant = tenant
  end

  writes["message.insert_input"] = function(t, tenant, conversation, seq, cid, body, at, input)
    insert_message(t, tenant, conversation, seq, "visitor", cid, nil, body, at)
    t.message[key(tenant, conversation, seq)].input = input
  end

  writes["message.insert_used"] = function(t, tenant, conversation, seq, cid, body, at, input, command, how)
    insert_message(t, tenant, conversation, seq, "visitor", cid, nil, body, at)
    local row = t.message[key(tenant, conversation, seq)]
    row.input, row.command, row.how = input, command, how
  end

  writes["conversation.create_on"] = function(t, tenant, id, bot, visitor, status, seq, state, at, version)
    create_conversation(t, tenant, id, bot, visitor, status, seq, state, at)
    t.conversation[key(tenant, id)].version = version
  end

  local function of_bot(t, name, tenant, bot, match)
    return select_rows(
      t[name],
      function(r) return r.tenant == tenant and r.bot == bot and match(r) end,
      function(a, b) return a.number > b.number end
    )
  end

  queries["script.version_files"] = function(t, tenant, bot, number)
    return of_bot(t, "script_version", tenant, bot, function(r) return r.number == number end)
  end

  queries["script.version_by_hash"] = function(t, tenant, bot, hash)
    return of_bot(t, "script_version", tenant, bot, function(r) return r.hash == hash end)
  end

  queries["script.version_list"] = function(t, tenant, bot, before, limit)
    local rows = of_bot(t, "script_version", tenant, bot, function(r) return r.number < before end)
    return table.move(rows, 1, math.min(#rows, limit), 1, {})
  end

  queries["script.release_list"] = function(t, tenant, bot, before, limit)
    local rows = of_bot(t, "script_release", tenant, bot, function(r) return r.number < before end)
    return table.move(rows, 1, math.min(#rows, limit), 1, {})
  end

  queries["secret.get"] = function() return {} end -- no test here sets one

  queries["script.draft_get"] = function(t, tenant, bot) return { t.script_draft[key(tenant, bot)] } end
end
