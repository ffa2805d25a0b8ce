-- The statements of schema/queries/kv.sql and script_log.sql on tables in memory.
return function(writes, queries, kit)
  local key, insert, select, copy = kit.key, kit.insert, kit.select, kit.copy

  queries["kv.get"] = function(t, tenant, bot, scope, name) return { t.kv[key(tenant, bot, scope, name)] } end

  local function of(t, tenant, bot, scope)
    return select(
      t.kv,
      function(r) return r.tenant == tenant and r.bot == bot and r.scope == scope end,
      function(a, b) return a.name < b.name end
    )
  end

  queries["kv.count"] = function(t, tenant, bot, scope) return { { count = #of(t, tenant, bot, scope) } } end

  writes["kv.put"] = function(t, tenant, bot, scope, name, value, at)
    t.kv[key(tenant, bot, scope, name)] =
      { tenant = tenant, bot = bot, scope = scope, name = name, value = value, at = at }
  end

  writes["kv.incr"] = function(t, tenant, bot, scope, name, by, at)
    local row = t.kv[key(tenant, bot, scope, name)]
    local value = row and math.tointeger(tonumber(row.value)) or 0
    writes["kv.put"](t, tenant, bot, scope, name, tostring(value + by), at)
  end

  writes["kv.incr_step"] = function(t, tenant, bot, scope, name, conversation, dialog, step, at)
    local row = t.kv[key(tenant, bot, scope, name)]
    if row then writes["step.insert"](t, tenant, conversation, dialog, step, "store.incr", row.value, at) end
  end

  writes["kv.delete"] = function(t, tenant, bot, scope, name) t.kv[key(tenant, bot, scope, name)] = nil end

  writes["script_log.insert"] = function(
    t,
    tenant,
    bot,
    id,
    level,
    at,
    message,
    position,
    conversation,
    version
  )
    insert(t.script_log, key(tenant, bot, id), {
      tenant = tenant,
      bot = bot,
      id = id,
      level = level,
      at = at,
      message = message,
      position = position,
      conversation = conversation,
      version = version,
    })
  end

  writes["script_log.prune"] = function(t, tenant, bot, keep, before)
    local rows = select(
      t.script_log,
      function(r) return r.tenant == tenant and r.bot == bot end,
      function(a, b) return a.id > b.id end
    )
    for i, row in ipairs(rows) do
      if i > keep or row.at < before then t.script_log[key(tenant, bot, row.id)] = nil end
    end
  end

  -- Rows are shared between the tables of two batches: nothing here changes one in place.
  return copy
end
