-- The outbox statements of schema/queries/outbox.sql on tables in memory.
return function(writes, queries, kit)
  local key, insert, select, copy = kit.key, kit.insert, kit.select, kit.copy

  local function change(t, tenant, id, lease, edit)
    local row = t.outbox[key(tenant, id)]
    if not row or row.lease_until ~= lease or row.done_at then return false end
    row = copy(row)
    t.outbox[key(tenant, id)] = edit(row) and row or nil
    return true
  end

  local function expect_one(...)
    if not change(...) then error { code = "conflict" } end
  end

  local function new(tenant, id, topic, name, body, at, due)
    return {
      tenant = tenant,
      id = id,
      topic = topic,
      key = name,
      body = body,
      created_at = at,
      due_at = due,
      attempts = 0,
      lease_until = 0,
      version = 0,
    }
  end

  writes["outbox.insert"] = function(t, tenant, id, ...)
    insert(t.outbox, key(tenant, id), new(tenant, id, ...))
  end

  writes["outbox.arm"] = function(t, tenant, id, topic, name, body, now, due)
    local row = t.outbox[key(tenant, id)]
    row = row and copy(row) or new(tenant, id, topic, name, body, now, due)
    row.version, row.done_at = row.version + 1, nil
    if not (row.lease_until > now or row.due_at < due) then row.due_at = due end
    t.outbox[key(tenant, id)] = row
  end

  writes["outbox.set"] = function(t, tenant, id, ...)
    local old, row = t.outbox[key(tenant, id)], new(tenant, id, ...)
    row.version = old and old.version + 1 or 0
    t.outbox[key(tenant, id)] = row
  end

  writes["outbox.cancel"] = function(t, tenant, id) t.outbox[key(tenant, id)] = nil end

  -- Due rows in turns of what `kind` tells apart, `each` of them at most.
  local function claim(t, now, lease, limit, each, kind)
    local due = select(
      t.outbox,
      function(r) return r.due_at <= now and not r.done_at end,
      function(a, b) return a.due_at < b.due_at or (a.due_at == b.due_at and a.id < b.id) end
    )
    local turns, ranked = {}, {}
    for _, row in ipairs(due) do
      local of = kind(row)
      turns[of] = (turns[of] or 0) + 1
      row.turn = turns[of]
      if row.turn <= each then ranked[#ranked + 1] = row end
    end
    table.sort(
      ranked,
      function(a, b) return a.turn < b.turn or (a.turn == b.turn and a.due_at < b.due_at) end
    )
    local taken = {}
    for i = 1, math.min(limit, #ranked) do
      local row = ranked[i]
      row.turn = nil
      row.lease_until, row.due_at, row.attempts = lease, lease, row.attempts + 1
      t.outbox[key(row.tenant, row.id)] = row
      taken[i] = copy(row)
    end
    return taken
  end

  writes["outbox.claim"] = function(t, _, now, lease, limit)
    return claim(t, now, lease, limit, math.huge, function(row) return row.tenant end)
  end

  writes["outbox.claim_crowded"] = function(t, _, now, lease, limit, each)
    return claim(t, now, lease, limit, each, function(row) return row.tenant .. "/" .. row.topic end)
  end

  writes["outbox.done"] = function(t, tenant, id, lease)
    expect_one(t, tenant, id, lease, function() return false end)
  end

  writes["outbox.retry"] = function(t, tenant, id, lease, due, why)
    expect_one(t, tenant, id, lease, function(row)
      row.due_at, row.lease_until, row.error = due, 0, why
      return true
    end)
  end

  writes["outbox.rest"] = function(t, tenant, id, lease, version, due, now)
    expect_one(t, tenant, id, lease, function(row)
      row.due_at = row.version == version and due or now
      row.lease_until, row.attempts = 0, 0
      return true
    end)
  end

  writes["outbox.extend"] = function(t, tenant, id, lease, new_lease)
    expect_one(t, tenant, id, lease, function(row)
      row.due_at, row.lease_until = new_lease, new_lease
      return true
    end)
  end

  writes["outbox.bury"] = function(t, _, tenant, id, lease, at, why)
    change(t, tenant, id, lease, function(row)
      row.done_at, row.error = at, why
      return true
    end)
  end

  writes["outbox.put_back"] = function(t, _, tenant, id, lease, due)
    change(t, tenant, id, lease, function(row)
      row.due_at, row.lease_until, row.attempts = due, 0, row.attempts - 1
      return true
    end)
  end

  writes["outbox.prune"] = function(t, _, before)
    for k, row in pairs(copy(t.outbox)) do
      if row.done_at and row.done_at < before then t.outbox[k] = nil end
    end
  end

  writes["outbox.release"] = function(t, _, now)
    for k, row in pairs(copy(t.outbox)) do
      if row.lease_until > now then
        row = copy(row)
        row.due_at, row.lease_until = now, 0
        t.outbox[k] = row
      end
    end
  end

  queries["outbox.next_due"] = function(t)
    local due
    for _, row in pairs(t.outbox) do
      if not row.done_at and (not due or row.due_at < due) then due = row.due_at end
    end
    return { { due_at = due } }
  end

  queries["outbox.held"] = function(t, tenant, id, lease)
    local row = t.outbox[key(tenant, id)]
    return row and row.lease_until == lease and not row.done_at and { { id = id } } or {}
  end
end
