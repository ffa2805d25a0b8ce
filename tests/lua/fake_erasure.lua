-- The statements of schema/queries/visitor.sql.
local function key(...) return table.concat({ ... }, "\0") end

return function(writes, queries)
  for _, kind in ipairs { "message", "step", "dialog", "submission", "note", "script_log", "mail", "visit" } do
    writes["visitor.erase_" .. kind] = function(t, tenant, bot, visitor)
      for id, row in pairs(t[kind] or {}) do
        local owner = t.conversation[key(tenant, row.conversation)]
        if row.tenant == tenant and owner and owner.bot == bot and owner.visitor == visitor then
          t[kind][id] = nil
        end
      end
    end
  end
  for _, kind in ipairs { "handover", "file", "followup", "identity", "conversation" } do
    writes["visitor.erase_" .. kind] = function(t, tenant, bot, visitor)
      for id, row in pairs(t[kind] or {}) do
        if row.tenant == tenant and row.bot == bot and row.visitor == visitor then t[kind][id] = nil end
      end
    end
  end
  writes["visitor.erase_followup_entry"] = function() end -- the real stores' tests see to these
  writes["visitor.erase_kv"] = function() end
  writes["visitor.end"] = function(t, tenant, visitor, at)
    t.erased_visitor[key(tenant, visitor)] = { tenant = tenant, visitor = visitor, erased_at = at }
  end
  queries["visitor.ended"] = function(t, tenant, visitor) return { t.erased_visitor[key(tenant, visitor)] } end
end
