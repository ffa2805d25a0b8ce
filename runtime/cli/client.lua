-- Commands that do what a client's key could: azentiko webhook, azentiko hook.
-- Each verb is the request of the HTTP API that does the same (docs/webhooks.md)
-- and prints what that answers: with --json as it is, else for people.
--   tool.call(envelope)   "STATUS\nBODY" of a request to the account
--   tool.read(path)       a file; "-" is the standard input
--   tool.print, tool.complain
local json = require "json"

local tool = ...

local PAGE = 100

local exit_code

-- Ends the command: with 2 after a usage, with 1 after anything else.
local function stop(code, message)
  tool.complain(message)
  exit_code = code
  error("stopped", 0)
end

local function call(method, path, body, query)
  local envelope = {
    id = "req_cli",
    method = method,
    path = path,
    query = query or "",
    headers = { ["content-type"] = "application/json" },
    body = body and assert(json.encode(body)) or nil,
    key = { id = "key_cli", name = "command line", scopes = json.array { "*" } },
  }
  local answer = tool.call(assert(json.encode(envelope)))
  local status, text = string.match(answer, "^(%d+)\n(.*)$")
  status = tonumber(status)
  local decoded = text ~= "" and json.decode(text) or nil
  if status >= 200 and status < 300 then return decoded end
  local lines = { decoded and decoded.title or ("the account answered " .. status) }
  for _, fault in ipairs(decoded and decoded.errors or {}) do
    lines[#lines + 1] = "  " .. fault.pointer .. ": " .. fault.detail
  end
  return stop(1, table.concat(lines, "\n"))
end

-- ---- printing ----

local function plain(value)
  if value == nil or value == json.null or value == "" then return "-" end
  if type(value) ~= "table" then return (string.gsub(tostring(value), "[%c]", " ")) end
  if value.bot then return value.bot .. "/" .. value.name end
  local parts = {}
  for i, part in ipairs(value) do
    parts[i] = plain(part)
  end
  return #parts > 0 and table.concat(parts, " ") or "-"
end

local function print_object(object, names)
  for _, name in ipairs(names) do
    if object[name] ~= nil and object[name] ~= json.null then
      tool.print(name .. " " .. plain(object[name]) .. "\n")
    end
  end
end

local function print_rows(rows, names)
  for _, row in ipairs(rows) do
    local cells = {}
    for i, name in ipairs(names) do
      cells[i] = plain(row[name])
    end
    tool.print(table.concat(cells, "\t") .. "\n")
  end
end

local function show(request, object, names)
  if request.json then return tool.print(assert(json.encode(object)) .. "\n") end
  print_object(object, names)
end

local function show_list(request, rows, names)
  if request.json then return tool.print(assert(json.encode(json.array(rows))) .. "\n") end
  print_rows(rows, names)
end

-- Every entry of a list, `most` at most.
local function all(path, most)
  local rows = {}
  local cursor
  repeat
    local query = ("limit=%d"):format(math.min(PAGE, most - #rows))
    if cursor then query = query .. "&cursor=" .. cursor end
    local page = call("GET", path, nil, query)
    table.move(page.data, 1, #page.data, #rows + 1, rows)
    cursor = page.next_cursor ~= json.null and page.next_cursor or nil
  until not cursor or #rows >= most
  return rows
end

-- ---- what both nouns have ----

local function words(text)
  local list = {}
  for word in string.gmatch(text or "", "[^%s,]+") do
    list[#list + 1] = word
  end
  return json.array(list)
end

-- A file of "Name: value" lines: a value on the command line is seen by everybody.
local function headers(path)
  local found = {}
  for line in string.gmatch(tool.read(path), "[^\r\n]+") do
    local name, value = string.match(line, "^([^:%s]+):%s*(.-)%s*$")
    if not name then stop(1, path .. ": a line must be 'Name: value'") end
    found[name] = value
  end
  return found
end

local function one(noun, columns)
  local path = "/v1/" .. noun .. "s"
  local function switch(state)
    return function(request, id)
      show(request, call("PATCH", path .. "/" .. id, { state = state }), columns.one)
    end
  end
  return {
    list = {
      "ACCOUNT",
      0,
      0,
      function(request) show_list(request, all(path, 10000), columns.list) end,
    },
    show = {
      "ACCOUNT ID",
      1,
      1,
      function(request, id) show(request, call("GET", path .. "/" .. id), columns.one) end,
    },
    rotate = {
      "ACCOUNT ID",
      1,
      1,
      function(request, id) show(request, call("POST", path .. "/" .. id .. "/secret"), columns.one) end,
    },
    enable = { "ACCOUNT ID", 1, 1, switch "on" },
    disable = { "ACCOUNT ID", 1, 1, switch "off" },
    delete = { "ACCOUNT ID", 1, 1, function(_, id) call("DELETE", path .. "/" .. id) end },
  }
end

-- ---- webhooks: what is sent ----

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

local webhook = one("webhook", WEBHOOK)

local function endpoint_fields(options)
  return {
    url = options.url,
    events = options.events and words(options.events) or nil,
    description = options.description,
    headers = options.headers and headers(options.headers) or nil,
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
    show(request, call("POST", "/v1/webhooks", endpoint_fields(options)), WEBHOOK.one)
  end,
}

webhook.update = {
  "ACCOUNT ID [--url URL] [--events FILTERS] " .. FIELDS,
  1,
  1,
  function(request, id)
    local fields = endpoint_fields(request.options)
    if next(fields) == nil then return false end
    show(request, call("PATCH", "/v1/webhooks/" .. id, fields), WEBHOOK.one)
  end,
}

webhook.test = {
  "ACCOUNT ID",
  1,
  1,
  function(request, id) show(request, call("POST", "/v1/webhooks/" .. id .. "/test"), { "event" }) end,
}

webhook.deliveries = {
  "ACCOUNT ID [EVENT] [--last N]",
  1,
  2,
  function(request, id, event)
    local path = "/v1/webhooks/" .. id .. "/deliveries"
    if not event then
      return show_list(request, all(path, tonumber(request.options.last) or 200), DELIVERY)
    end
    local found = call("GET", path .. "/" .. event)
    if request.json then return show(request, found) end
    print_object(found, DELIVERY)
    tool.print("body " .. found.body .. "\n")
    print_rows(found.log, ATTEMPT)
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
      return show(request, call("POST", path .. "/deliveries/" .. event .. "/replay"), { "event" })
    end
    local range =
      { since = options.since, ["until"] = options["until"], failed_only = not options.all or nil }
    if options.all then range.failed_only = false end
    show(request, call("POST", path .. "/replay", range), { "endpoint" })
  end,
}

local nouns = { webhook = webhook }

-- ---- the command ----

local function usage(noun, verb)
  local verbs, lines = nouns[noun], {}
  for name in pairs(verbs) do
    if not verb or name == verb then lines[#lines + 1] = name end
  end
  table.sort(lines)
  for i, name in ipairs(lines) do
    lines[i] = ("  azentiko %s %s %s"):format(noun, name, verbs[name][1])
  end
  return stop(2, "usage:\n" .. table.concat(lines, "\n"))
end

local function run(request)
  local verbs = nouns[request.noun]
  local name, account = request.arguments[1], request.arguments[2]
  local verb = verbs[name]
  if not verb then usage(request.noun) end
  local given = #request.arguments - 2
  if not account or given < verb[2] or given > verb[3] then usage(request.noun, name) end
  for i = 3, #request.arguments do
    if not string.find(request.arguments[i], "^[%w_]+$") then stop(1, "there is nothing with this id") end
  end
  if verb[4](request, table.unpack(request.arguments, 3)) == false then usage(request.noun, name) end
end

return {
  -- text: JSON { noun, arguments, options, json }. The exit code.
  run = function(text)
    local ok, failure = pcall(run, json.decode(text))
    if ok then return 0 end
    if not exit_code then tool.complain(tostring(failure)) end
    return exit_code or 1
  end,
}
