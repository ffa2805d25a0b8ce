-- The ledger's statements of schema/queries/webhook.sql on tables in memory.
return function(writes, queries, kit)
  local key, insert, select, copy = kit.key, kit.insert, kit.select, kit.copy

  local function update(t, name, id, edit)
    local row = t[name][id]
    if not row then error { code = "conflict" } end
    row = copy(row)
    if edit(row) == false then error { code = "conflict" } end
    t[name][id] = row
  end

  writes["event.insert"] = function(t, tenant, id, n, kind, target, bot, subject, body, waiting, at)
    insert(t.event, key(tenant, id), {
      tenant = tenant,
      id = id,
      n = n,
      type = kind,
      target = target,
      bot = bot,
      subject = subject,
      body = body,
      waiting = waiting,
      at = at,
    })
  end

  writes["event.dispatched"] = function(t, tenant, id)
    update(t, "event", key(tenant, id), function(row)
      if row.waiting ~= 1 then return false end
      row.waiting = 0
    end)
  end

  local function by_n(a, b) return a.n < b.n end

  queries["event.waiting"] = function(t, tenant, limit)
    local rows = select(t.event, function(r) return r.tenant == tenant and r.waiting == 1 end, by_n)
    return table.move(rows, 1, math.min(#rows, limit), 1, {})
  end

  queries["event.get"] = function(t, tenant, id) return { t.event[key(tenant, id)] } end

  writes["endpoint.insert"] = function(
    t,
    tenant,
    id,
    bot,
    script,
    url,
    events,
    secret,
    headers,
    description,
    at
  )
    insert(t.endpoint, key(tenant, id), {
      tenant = tenant,
      id = id,
      bot = bot,
      script = script,
      url = url,
      events = events,
      secret = secret,
      headers = headers,
      description = description,
      state = "on",
      failures = 0,
      paused_until = 0,
      created_at = at,
      updated_at = at,
    })
  end

  writes["endpoint.rotate"] = function(t, tenant, id, secret, old, old_until, at)
    update(t, "endpoint", key(tenant, id), function(row)
      row.secret, row.old_secret, row.old_until, row.updated_at = secret, old, old_until, at
    end)
  end

  writes["endpoint.switch"] = function(t, tenant, id, state, reason, at)
    update(t, "endpoint", key(tenant, id), function(row)
      row.state, row.reason, row.updated_at = state, reason, at
      row.failures, row.failing_since, row.paused_until = 0, nil, 0
    end)
  end

  writes["endpoint.health"] = function(t, tenant, id, failures, since, paused)
    update(t, "endpoint", key(tenant, id), function(row)
      row.failures, row.failing_since, row.paused_until = failures, since, paused
    end)
  end

  queries["endpoint.get"] = function(t, tenant, id)
    local row = t.endpoint[key(tenant, id)]
    return { row and copy(row) }
  end

  queries["endpoint.list"] = function(t, tenant, after)
    return select(
      t.endpoint,
      function(r) return r.tenant == tenant and r.id > after end,
      function(a, b) return a.id < b.id end
    )
  end

  queries["endpoint.listening"] = function(t, tenant) return queries["endpoint.list"](t, tenant, "") end

  writes["delivery.insert"] = function(t, tenant, endpoint, event, n, subject, due, at)
    local id = key(tenant, endpoint, event)
    t.delivery[id] = t.delivery[id]
      or {
        tenant = tenant,
        endpoint = endpoint,
        event = event,
        n = n,
        subject = subject,
        state = "waiting",
        attempts = 0,
        due_at = due,
        updated_at = at,
      }
  end

  local function open(tenant, endpoint)
    return function(r)
      return r.tenant == tenant and r.endpoint == endpoint and (r.state == "waiting" or r.state == "shaping")
    end
  end

  queries["delivery.due"] = function(t, tenant, endpoint, now, limit, bytes)
    local is_open, found, taken = open(tenant, endpoint), {}, 0
    for _, row in
      ipairs(
        select(
          t.delivery,
          function(r) return is_open(r) and r.due_at <= now end,
          function(a, b) return a.due_at < b.due_at or (a.due_at == b.due_at and a.n < b.n) end
        )
      )
    do
      local event = t.event[key(tenant, row.event)]
      row.shaped, row.body = row.body, row.body or event.body
      row.type, row.bot, row.at = event.type, event.bot, event.at
      taken = taken + #row.body
      if #found < limit and (taken <= bytes or #found == 0) then found[#found + 1] = row end
    end
    return found
  end

  queries["delivery.next_due"] = function(t, tenant, endpoint)
    local due
    for _, row in ipairs(select(t.delivery, open(tenant, endpoint), by_n)) do
      if not due or row.due_at < due then due = row.due_at end
    end
    return { { due_at = due } }
  end

  writes["delivery.shape"] = function(t, tenant, endpoint, event, state, body, at)
    update(t, "delivery", key(tenant, endpoint, event), function(row)
      row.state, row.body, row.updated_at = state, body, at
    end)
  end

  writes["delivery.tried"] = function(t, tenant, endpoint, event, state, attempts, due, status, at)
    update(t, "delivery", key(tenant, endpoint, event), function(row)
      if row.state ~= "waiting" and row.state ~= "shaping" then return false end
      row.state, row.attempts, row.due_at, row.last_status, row.updated_at = state, attempts, due, status, at
    end)
  end

  local function again(row, now)
    row.state, row.attempts, row.due_at, row.updated_at = "waiting", 0, now, now
  end

  writes["delivery.replay"] = function(t, tenant, endpoint, event, now)
    update(t, "delivery", key(tenant, endpoint, event), function(row) again(row, now) end)
  end

  writes["delivery.recover"] = function(t, tenant, endpoint, from, now)
    for id, row in pairs(copy(t.delivery)) do
      local fits = row.tenant == tenant and row.endpoint == endpoint and row.n >= from
      if fits and (row.state == "failed" or row.state == "waiting") then
        update(t, "delivery", id, function(r) again(r, now) end)
      end
    end
  end

  writes["attempt.insert"] = function(t, tenant, endpoint, event, at, n, status, ms, answer, message)
    t.attempt[#t.attempt + 1] = {
      tenant = tenant,
      endpoint = endpoint,
      event = event,
      at = at,
      attempt = n,
      status = status,
      ms = ms,
      answer = answer,
      error = message,
    }
  end

  local function account(id)
    return { id = id, public_id = "tnt_" .. id, name = "Demo Ltd", status = "active", settings = "{}" }
  end
  queries["tenant.get"] = function(_, tenant) return { account(tenant) } end
  queries["tenant.by_public_id"] = function(_, _, public_id)
    local id = math.tointeger(tonumber(public_id:match "^tnt_(%d+)$"))
    return { id and account(id) }
  end
end
