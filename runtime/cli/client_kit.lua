-- What the nouns of client.lua have in common: requests, printing, the verbs
-- that each of them has.
--   tool.call(envelope)   "STATUS\nBODY" of a request to the account
--   tool.read(path)       a file; "-" is the standard input
--   tool.print, tool.complain
local json = require "json"

local PAGE = 100

return function(tool)
  local kit = {}

  -- Ends the command: with 2 after a usage, with 1 after anything else.
  function kit.stop(code, message)
    tool.complain(message)
    kit.exit_code = code
    error("stopped", 0)
  end

  function kit.call(method, path, body, query)
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
    return kit.stop(1, table.concat(lines, "\n"))
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

  function kit.print_object(object, names)
    for _, name in ipairs(names) do
      if object[name] ~= nil and object[name] ~= json.null then
        tool.print(name .. " " .. plain(object[name]) .. "\n")
      end
    end
  end

  function kit.print_rows(rows, names)
    for _, row in ipairs(rows) do
      local cells = {}
      for i, name in ipairs(names) do
        cells[i] = plain(row[name])
      end
      tool.print(table.concat(cells, "\t") .. "\n")
    end
  end

  function kit.show(request, object, names)
    if request.json then return tool.print(assert(json.encode(object)) .. "\n") end
    kit.print_object(object, names)
  end

  function kit.show_list(request, rows, names)
    if request.json then return tool.print(assert(json.encode(json.array(rows))) .. "\n") end
    kit.print_rows(rows, names)
  end

  -- Every entry of a list, `most` at most.
  function kit.all(path, most)
    local rows = {}
    local cursor
    repeat
      local query = ("limit=%d"):format(math.min(PAGE, most - #rows))
      if cursor then query = query .. "&cursor=" .. cursor end
      local page = kit.call("GET", path, nil, query)
      table.move(page.data, 1, #page.data, #rows + 1, rows)
      cursor = page.next_cursor ~= json.null and page.next_cursor or nil
    until not cursor or #rows >= most
    return rows
  end

  -- ---- what both nouns have ----

  function kit.words(text)
    local list = {}
    for word in string.gmatch(text or "", "[^%s,]+") do
      list[#list + 1] = word
    end
    return json.array(list)
  end

  -- A file of "Name: value" lines: a value on the command line is seen by everybody.
  function kit.headers(path)
    local found = {}
    for line in string.gmatch(tool.read(path), "[^\r\n]+") do
      local name, value = string.match(line, "^([^:%s]+):%s*(.-)%s*$")
      if not name then kit.stop(1, path .. ": a line must be 'Name: value'") end
      found[name] = value
    end
    return found
  end

  -- columns: { list, one }, what is shown of each.
  function kit.verbs(noun, columns)
    local path = "/v1/" .. noun .. "s"
    local function switch(state)
      return function(request, id)
        kit.show(request, kit.call("PATCH", path .. "/" .. id, { state = state }), columns.one)
      end
    end
    return {
      list = {
        "ACCOUNT",
        0,
        0,
        function(request) kit.show_list(request, kit.all(path, 10000), columns.list) end,
      },
      show = {
        "ACCOUNT ID",
        1,
        1,
        function(request, id) kit.show(request, kit.call("GET", path .. "/" .. id), columns.one) end,
      },
      rotate = {
        "ACCOUNT ID",
        1,
        1,
        function(request, id)
          kit.show(request, kit.call("POST", path .. "/" .. id .. "/secret"), columns.one)
        end,
      },
      enable = { "ACCOUNT ID", 1, 1, switch "on" },
      disable = { "ACCOUNT ID", 1, 1, switch "off" },
      delete = { "ACCOUNT ID", 1, 1, function(_, id) kit.call("DELETE", path .. "/" .. id) end },
    }
  end

  return kit
end
