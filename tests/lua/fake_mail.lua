-- The statements of schema/queries/mail.sql on tables in memory.
return function(writes, queries, kit)
  local key, insert, select, copy = kit.key, kit.insert, kit.select, kit.copy

  local function update(t, name, id, edit)
    local row = t[name][id]
    if not row then error { code = "conflict" } end
    row = copy(row)
    if edit(row) == false then error { code = "conflict" } end
    t[name][id] = row
  end

  local function by(name)
    return function(a, b) return a[name] < b[name] end
  end

  writes["mail_recipient.insert"] = function(t, tenant, id, email, language, at_once, daily, hour, at)
    insert(t.mail_recipient, key(tenant, id), {
      tenant = tenant,
      id = id,
      email = email,
      language = language,
      at_once = at_once,
      daily = daily,
      hour = hour,
      stopped = "{}",
      state = "on",
      failures = 0,
      created_at = at,
      updated_at = at,
    })
  end

  writes["mail_recipient.update"] = function(
    t,
    tenant,
    id,
    language,
    at_once,
    daily,
    hour,
    stopped,
    state,
    reason,
    at
  )
    update(t, "mail_recipient", key(tenant, id), function(row)
      if state == "on" and row.state ~= "on" then row.failures = 0 end
      row.language, row.at_once, row.daily, row.hour = language, at_once, daily, hour
      row.stopped, row.state, row.reason, row.updated_at = stopped, state, reason, at
    end)
  end

  writes["mail_recipient.failed"] = function(t, tenant, id, failures, state, reason, at)
    update(t, "mail_recipient", key(tenant, id), function(row)
      row.failures, row.state, row.reason, row.updated_at = failures, state, reason, at
    end)
  end

  writes["mail_recipient.delete"] = function(t, tenant, id) t.mail_recipient[key(tenant, id)] = nil end

  queries["mail_recipient.get"] = function(t, tenant, id)
    local row = t.mail_recipient[key(tenant, id)]
    return { row and copy(row) }
  end

  queries["mail_recipient.list"] = function(t, tenant, after)
    return select(t.mail_recipient, function(r) return r.tenant == tenant and r.id > after end, by "id")
  end

  local function new(...)
    local tenant, id, kind, recipient, address, language, bot, event, conversation, state, due, why, at = ...
    return {
      tenant = tenant,
      id = id,
      kind = kind,
      recipient = recipient,
      address = address,
      language = language,
      bot = bot,
      event = event,
      conversation = conversation,
      state = state,
      attempts = 0,
      due_at = due,
      error = why,
      created_at = at,
      updated_at = at,
    }
  end

  writes["mail.insert"] = function(t, tenant, id, ...)
    local place = key(tenant, id)
    t.mail[place] = t.mail[place] or new(tenant, id, ...)
  end

  writes["mail.insert_new"] = function(t, tenant, id, ...)
    insert(t.mail, key(tenant, id), new(tenant, id, ...))
  end

  local function event_of(t, tenant, row)
    local event = row.event and t.event[key(tenant, row.event)]
    row.body, row.at = event and event.body, event and event.at
  end

  queries["mail.due"] = function(t, tenant, now, limit)
    local rows = select(
      t.mail,
      function(r) return r.tenant == tenant and r.state == "waiting" and r.due_at <= now end,
      function(a, b) return a.due_at < b.due_at or (a.due_at == b.due_at and a.id < b.id) end
    )
    for _, row in ipairs(rows) do
      event_of(t, tenant, row)
    end
    return table.move(rows, 1, math.min(#rows, limit), 1, {})
  end

  queries["mail.next_due"] = function(t, tenant)
    local due
    for _, row in pairs(t.mail) do
      local open = row.tenant == tenant and (row.state == "waiting" or row.state == "collected")
      if open and (not due or row.due_at < due) then due = row.due_at end
    end
    return { { due_at = due } }
  end

  writes["mail.tried"] = function(t, tenant, id, state, attempts, due, status, why, at)
    update(t, "mail", key(tenant, id), function(row)
      if row.state ~= "waiting" then return false end
      row.state, row.attempts, row.due_at, row.status, row.error, row.updated_at =
        state, attempts, due, status, why, at
    end)
  end

  local function each(t, match, edit)
    for place, row in pairs(copy(t.mail)) do
      if match(row) then
        row = copy(row)
        edit(row)
        t.mail[place] = row
      end
    end
  end

  writes["mail.switch_off"] = function(t, tenant, now, why)
    each(
      t,
      function(r)
        return r.tenant == tenant
          and (r.state == "waiting" or r.state == "collected" or r.state == "gathered")
      end,
      function(r)
        r.state, r.error, r.updated_at = "off", why, now
      end
    )
  end

  local function is_collected(tenant, now)
    return function(r) return r.tenant == tenant and r.state == "collected" and r.due_at <= now end
  end

  queries["mail.collected"] = function(t, tenant, now)
    local found, rows = {}, {}
    for _, row in ipairs(select(t.mail, is_collected(tenant, now), by "id")) do
      if not found[row.recipient] then
        found[row.recipient] = true
        rows[#rows + 1] =
          { recipient = row.recipient, first = row.id, address = row.address, language = row.language }
      end
    end
    return rows
  end

  writes["mail.gather"] = function(t, tenant, recipient, now, digest)
    local collected = is_collected(tenant, now)
    each(t, function(r) return collected(r) and r.recipient == recipient end, function(r)
      r.state, r.digest, r.updated_at = "gathered", digest, now
    end)
  end

  queries["mail.gathered"] = function(t, tenant, digest, limit)
    local rows = select(t.mail, function(r) return r.tenant == tenant and r.digest == digest end, by "id")
    for _, row in ipairs(rows) do
      event_of(t, tenant, row)
    end
    return table.move(rows, 1, math.min(#rows, limit), 1, {})
  end

  queries["mail.gathered_counts"] = function(t, tenant, digest)
    local counts, rows = {}, {}
    for _, row in pairs(t.mail) do
      if row.tenant == tenant and row.digest == digest then counts[row.kind] = (counts[row.kind] or 0) + 1 end
    end
    for kind, count in pairs(counts) do
      rows[#rows + 1] = { kind = kind, count = count }
    end
    return rows
  end

  writes["mail.digest_ended"] = function(t, tenant, digest, state, now)
    each(
      t,
      function(r) return r.tenant == tenant and r.digest == digest and r.state == "gathered" end,
      function(r)
        r.state, r.updated_at = state, now
      end
    )
  end

  writes["mail.drop_recipient"] = function(t, tenant, recipient, now, why)
    each(
      t,
      function(r)
        return r.tenant == tenant
          and r.recipient == recipient
          and (r.state == "waiting" or r.state == "collected")
      end,
      function(r)
        r.state, r.error, r.updated_at = "off", why, now
      end
    )
  end

  queries["mail.lately"] = function(t, tenant, since)
    local counts, rows = {}, {}
    for _, row in pairs(t.mail) do
      if row.tenant == tenant and row.created_at > since and row.recipient and row.state ~= "collected" then
        counts[row.recipient] = (counts[row.recipient] or 0) + 1
      end
    end
    for recipient, count in pairs(counts) do
      rows[#rows + 1] = { recipient = recipient, count = count }
    end
    return rows
  end

  queries["mail.asked"] = function(t, tenant, conversation, address, since)
    local n = { conversation = 0, address = 0, all_of_them = 0 }
    for _, row in pairs(t.mail) do
      if row.tenant == tenant and row.created_at > since and row.kind == "confirm" then
        n.all_of_them = n.all_of_them + 1
        if row.conversation == conversation then n.conversation = n.conversation + 1 end
        if row.address == address then n.address = n.address + 1 end
      end
    end
    return { n }
  end

  queries["mail.get"] = function(t, tenant, id)
    local row = t.mail[key(tenant, id)]
    return { row and copy(row) }
  end

  writes["mail_block.put"] = function(t, tenant, hash, at)
    t.mail_block[key(tenant, hash)] = t.mail_block[key(tenant, hash)] or { tenant = tenant, at = at }
  end
  queries["mail_block.get"] = function(t, tenant, hash) return { t.mail_block[key(tenant, hash)] } end
end
