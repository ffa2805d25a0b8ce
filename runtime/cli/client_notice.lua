-- azentiko notice: who of an account's people gets which notices by mail.
return function(_, kit)
  local RECIPIENT = {
    list = { "id", "state", "email", "language", "at_once", "daily", "hour" },
    one = {
      "id",
      "email",
      "language",
      "at_once",
      "daily",
      "hour",
      "state",
      "reason",
      "created_at",
      "updated_at",
    },
  }
  local MAIL = { "id", "state", "kind", "address", "attempts", "status", "error", "updated_at" }
  local PATH = "/v1/notices"
  local FIELDS = '[--at-once "lead ticket"] [--daily "script"] [--hour N] [--language CODE]'

  local function fields(options)
    return {
      email = options.email,
      at_once = options.at_once and kit.words(options.at_once) or nil,
      daily = options.daily and kit.words(options.daily) or nil,
      hour = math.tointeger(tonumber(options.hour)),
      language = options.language,
    }
  end

  local function switch(state)
    return function(request, id)
      kit.show(request, kit.call("PATCH", PATH .. "/" .. id, { state = state }), RECIPIENT.one)
    end
  end

  return {
    list = {
      "ACCOUNT",
      0,
      0,
      function(request) kit.show_list(request, kit.all(PATH, 100), RECIPIENT.list) end,
    },
    add = {
      "ACCOUNT --email ADDRESS " .. FIELDS,
      0,
      0,
      function(request)
        if not request.options.email then return false end
        kit.show(request, kit.call("POST", PATH, fields(request.options)), RECIPIENT.one)
      end,
    },
    update = {
      "ACCOUNT ID " .. FIELDS,
      1,
      1,
      function(request, id)
        local changes = fields(request.options)
        if next(changes) == nil or changes.email then return false end
        kit.show(request, kit.call("PATCH", PATH .. "/" .. id, changes), RECIPIENT.one)
      end,
    },
    enable = { "ACCOUNT ID", 1, 1, switch "on" },
    disable = { "ACCOUNT ID", 1, 1, switch "off" },
    delete = { "ACCOUNT ID", 1, 1, function(_, id) kit.call("DELETE", PATH .. "/" .. id) end },
    mails = {
      "ACCOUNT [--last N]",
      0,
      0,
      function(request)
        kit.show_list(request, kit.all("/v1/mails", tonumber(request.options.last) or 200), MAIL)
      end,
    },
  }
end
