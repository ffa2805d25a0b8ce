-- azentiko hook: addresses of a bot that take webhooks in.
return function(_, kit)
  local HOOK = {
    list = { "id", "state", "bot", "name", "deliver", "received_at", "description" },
    one = {
      "id",
      "path",
      "secret",
      "state",
      "bot",
      "name",
      "deliver",
      "description",
      "received_at",
      "old_secret_until",
      "created_at",
      "updated_at",
    },
  }

  local hook = kit.verbs("hook", HOOK)

  hook.create = {
    "ACCOUNT --bot ID --name NAME [--deliver event|message] [--description TEXT]",
    0,
    0,
    function(request)
      local options = request.options
      if not options.bot or not options.name then return false end
      local fields = {
        bot = options.bot,
        name = options.name,
        deliver = options.deliver,
        description = options.description,
      }
      kit.show(request, kit.call("POST", "/v1/hooks", fields), HOOK.one)
    end,
  }

  hook.update = {
    "ACCOUNT ID [--deliver event|message] [--description TEXT]",
    1,
    1,
    function(request, id)
      local fields = { deliver = request.options.deliver, description = request.options.description }
      if next(fields) == nil then return false end
      kit.show(request, kit.call("PATCH", "/v1/hooks/" .. id, fields), HOOK.one)
    end,
  }

  return hook
end
