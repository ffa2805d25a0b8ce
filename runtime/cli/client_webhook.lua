-- azentiko webhook: endpoints that events are sent to.
return function(tool, kit)
  local WEBHOOK = {
    list = { "id", "state", "url", "events", "description" },
    one = {
      "id",
      "secret",
      "state",
      "reason",
      "url",
      "script",
      "events",
      "header_names",
      "description",
      "failures",
      "failing_since",
      "old_secret_until",
      "created_at",
      "updated_at",
    },
  }
  local DELIVERY = { "event", "type", "state", "attempts", "last_status", "next_try_at", "updated_at" }
  local ATTEMPT = { "at", "attempt", "status", "ms", "error", "answer" }

  local webhook = kit.verbs("webhook", WEBHOOK)

  local function endpoint_fields(options)
    return {
      url = options.url,
      events = options.events and kit.words(options.events) or nil,
      description = options.description,
      headers = options.headers and kit.headers(options.headers) or nil,
    }
  end

  local FIELDS = "[--description TEXT] [--headers FILE]"

  webhook.create = {
    'ACCOUNT --url URL --events "lead.* ticket.created" ' .. FIELDS,
    0,
    0,
    function(request)
      local options = request.options
      if not options.url or not options.events then return false end
      kit.show(request, kit.call("POST", "/v1/webhooks", endpoint_fields(options)), WEBHOOK.one)
    end,
  }

  webhook.update = {
    "ACCOUNT ID [--url URL] [--events FILTERS] " .. FIELDS,
    1,
    1,
    function(request, id)
      local fields = endpoint_fields(request.options)
      if next(fields) == nil then return false end
      kit.show(request, kit.call("PATCH", "/v1/webhooks/" .. id, fields), WEBHOOK.one)
    end,
  }

  webhook.test = {
    "ACCOUNT ID",
    1,
    1,
    function(request, id) kit.show(request, kit.call("POST", "/v1/webhooks/" .. id .. "/test"), { "event" }) end,
  }

  webhook.deliveries = {
    "ACCOUNT ID [EVENT] [--last N]",
    1,
    2,
    function(request, id, event)
      local path = "/v1/webhooks/" .. id .. "/deliveries"
      if not event then
        return kit.show_list(request, kit.all(path, tonumber(request.options.last) or 200), DELIVERY)
      end
      local found = kit.call("GET", path .. "/" .. event)
      if request.json then return kit.show(request, found) end
      kit.print_object(found, DELIVERY)
      tool.print("body " .. found.body .. "\n")
      kit.print_rows(found.log, ATTEMPT)
    end,
  }

  webhook.replay = {
    "ACCOUNT ID EVENT | replay ACCOUNT ID --since TIME [--until TIME] [--all]",
    1,
    2,
    function(request, id, event)
      local options, path = request.options, "/v1/webhooks/" .. id
      if (event == nil) == (options.since == nil) then return false end
      if event then
        return kit.show(request, kit.call("POST", path .. "/deliveries/" .. event .. "/replay"), { "event" })
      end
      local range =
        { since = options.since, ["until"] = options["until"], failed_only = not options.all or nil }
      if options.all then range.failed_only = false end
      kit.show(request, kit.call("POST", path .. "/replay", range), { "endpoint" })
    end,
  }

  return webhook
end
