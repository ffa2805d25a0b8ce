-- Writes what authors read of the registration table (prelude/signature): the
-- reference page, the stubs for the Lua language server, the completion list
-- of editors. The texts are committed and a test holds them to this.
local host = require "host"
local json = require "json"
local signature = require "prelude.signature"

local reference = {}

local function areas()
  local list = {}
  for i, name in ipairs(signature.areas) do
    list[i] = signature.read(name)
  end
  return list
end

-- "bot.webhook(name):post" for "webhook:post"
local function label(area, entry)
  local owner, method = string.match(entry.name, "^(%l+):(%l+)$")
  if owner then return ("%s%s(name):%s"):format(area.call, owner, method) end
  return area.call .. entry.name
end

-- "chat:ask_number(question, options?)"
local function usage(area, entry)
  local names = {}
  for i, param in ipairs(entry.params) do
    names[i] = param[1] .. (string.sub(param[2], -1) == "?" and "?" or "")
  end
  local call = ("%s(%s)"):format(label(area, entry), table.concat(names, ", "))
  return entry.declares and call .. " { … }" or call
end

local function sorted_types(area)
  local names = {}
  for name in pairs(area.types) do
    names[#names + 1] = name
  end
  return names
end

-- ---- the reference page ----

local function cell(s) return (string.gsub(s, "|", "\\|")) end

local function rows(out, list)
  out[#out + 1] = "| name | type | |"
  out[#out + 1] = "|---|---|---|"
  for _, row in ipairs(list) do
    out[#out + 1] = ("| `%s` | `%s` | %s |"):format(row[1], cell(row[2]), row[3] or "")
  end
  out[#out + 1] = ""
end

local function page_of_example(out, entry)
  out[#out + 1] = "```lua"
  out[#out + 1] = entry.example
  out[#out + 1] = "```"
  out[#out + 1] = ""
  if not entry.talk or #entry.talk == 0 then return end
  for _, line in ipairs(entry.talk) do
    local said = string.match(line, "^> (.*)$")
    out[#out + 1] = (said and "    visitor: " .. said or "    bot: " .. line)
  end
  out[#out + 1] = ""
end

local function page_of_function(out, area, entry)
  out[#out + 1] = ("### `%s`"):format(usage(area, entry))
  out[#out + 1] = ""
  out[#out + 1] = entry.short .. (entry.doc and " " .. entry.doc or "")
  out[#out + 1] = ""
  if #entry.params > 0 then rows(out, entry.params) end
  if entry.declares then
    out[#out + 1] = ("Declared with a table of type `%s`."):format(entry.declares)
    out[#out + 1] = ""
  end
  for _, value in ipairs(entry.returns or {}) do
    out[#out + 1] = ("- returns `%s`%s"):format(value[1], value[2] ~= "" and ": " .. value[2] or "")
  end
  for _, fault in ipairs(entry.errors or {}) do
    out[#out + 1] = "- an error: " .. fault
  end
  if entry.limits then out[#out + 1] = "- limits: " .. entry.limits end
  if entry.returns or entry.errors or entry.limits then out[#out + 1] = "" end
  page_of_example(out, entry)
end

local function page_of_type(out, area, name)
  local class = area.types[name]
  if #class.fields == 0 then return end
  local line = ("**`%s`**%s"):format(name, class.doc and ": " .. class.doc or "")
  if class.extends then line = line .. (" Also all fields of `%s`."):format(class.extends) end
  out[#out + 1] = line
  out[#out + 1] = ""
  rows(out, class.fields)
end

local writers = {}

function writers.reference()
  local out = {
    "# Script reference",
    "",
    "Every function that a script may call. This page is written from the table that the functions themselves are made"
      .. " of (`azentiko script reference`); the examples are run by the tests. How it all fits together is in the"
      .. " [guide](script-guide.md).",
    "",
    "A type with `?` may be left out, `A|B` is one of both, `A[]` a list. `text` is a text, or one for each language:"
      .. ' `{ en = "Hello", de = "Hallo" }`. `date` is `"2026-12-24"`, `clock` is `"19:30"`, `period` is `"30m"` or'
      .. ' `"2d"`.',
    "",
  }
  for _, area in ipairs(areas()) do
    out[#out + 1] = "## " .. area.title
    out[#out + 1] = ""
    if area.module then
      out[#out + 1] = ('`local %s = require "%s"`'):format(area.module, area.module)
      out[#out + 1] = ""
    end
    out[#out + 1] = area.doc
    out[#out + 1] = ""
    if area.fields then rows(out, area.fields) end
    for _, name in ipairs(sorted_types(area)) do
      page_of_type(out, area, name)
    end
    for _, entry in ipairs(area.functions) do
      page_of_function(out, area, entry)
    end
  end
  while out[#out] == "" do
    out[#out] = nil
  end
  return table.concat(out, "\n")
end

-- ---- stubs for the Lua language server (LuaCATS) ----

local PLAIN = {
  any = true,
  string = true,
  number = true,
  integer = true,
  boolean = true,
  ["function"] = true,
  table = true,
}
local ALIAS = {
  value = "string|number|boolean",
  text = "azentiko.text",
  date = "string",
  clock = "string",
  period = "string",
}

local function cats_type(wanted)
  local optional = string.sub(wanted, -1) == "?"
  if optional then wanted = string.sub(wanted, 1, -2) end
  local result = string.gsub(wanted, "[%a_]+", function(name)
    if PLAIN[name] then return name end
    return ALIAS[name] or "azentiko." .. name
  end)
  if optional then result = string.find(result, "|", 1, true) and "(" .. result .. ")?" or result .. "?" end
  return result
end

local function stub_of_class(out, name, fields, parent)
  out[#out + 1] = ("---@class azentiko.%s%s"):format(name, parent and ": azentiko." .. parent or "")
  for _, field in ipairs(fields) do
    out[#out + 1] = ("---@field %s %s %s"):format(field[1], cats_type(field[2]), field[3] or "")
  end
  out[#out + 1] = ""
end

local function stub_of_docs(out, entry)
  out[#out + 1] = "---" .. entry.short
  if entry.doc then out[#out + 1] = "---" .. entry.doc end
  if entry.limits then out[#out + 1] = "---Limits: " .. entry.limits end
  out[#out + 1] = "---```lua"
  for line in string.gmatch(entry.example .. "\n", "(.-)\n") do
    out[#out + 1] = "---" .. line
  end
  out[#out + 1] = "---```"
end

local function stub_of_function(out, owner, entry)
  stub_of_docs(out, entry)
  local names = {}
  for i, param in ipairs(entry.params) do
    local optional = string.sub(param[2], -1) == "?"
    local wanted = optional and string.sub(param[2], 1, -2) or param[2]
    out[#out + 1] = ("---@param %s%s %s %s"):format(
      param[1],
      optional and "?" or "",
      cats_type(wanted),
      param[3]
    )
    names[i] = param[1]
  end
  for _, value in ipairs(entry.returns or {}) do
    out[#out + 1] = ("---@return %s %s"):format(
      cats_type(value[1]),
      value[2] ~= "" and "# " .. value[2] or ""
    )
  end
  if entry.declares then out[#out + 1] = ("---@return fun(body: azentiko.%s)"):format(entry.declares) end
  out[#out + 1] = ("function %s(%s) end"):format(owner, table.concat(names, ", "))
  out[#out + 1] = ""
end

-- The Lua variable that holds an area's functions, and what it is of.
local function stub_of_area(out, area)
  local holder = area.module or (area.call == "chat:" and "chat") or nil
  for _, name in ipairs(sorted_types(area)) do
    if name ~= "Chat" and name ~= "WebhookHandle" then
      stub_of_class(out, name, area.types[name].fields, area.types[name].extends)
    end
  end
  if area.area == "bot" then
    stub_of_class(out, "WebhookHandle", {})
    out[#out + 1] = "---@type azentiko.WebhookHandle"
    out[#out + 1] = "local webhook = {}"
    out[#out + 1] = ""
  end
  if holder and area.area ~= "asks" then
    stub_of_class(out, holder == "chat" and "Chat" or holder, area.fields or {})
    out[#out + 1] = ("---@type azentiko.%s"):format(holder == "chat" and "Chat" or holder)
    out[#out + 1] = ("local %s = {}"):format(holder)
    out[#out + 1] = ""
  end
  local owners = {}
  for _, entry in ipairs(area.functions) do
    local owner = string.match(entry.name, "^(%l+)%.")
    if owner and not owners[owner] then
      owners[owner] = true
      out[#out + 1] = ("%s.%s = {}"):format(holder, owner)
      out[#out + 1] = ""
    end
    local on_handle = string.find(entry.name, ":", 1, true)
    stub_of_function(out, on_handle and entry.name or area.call .. entry.name, entry)
  end
end

function writers.stubs()
  local out = {
    "---@meta",
    "-- The script API for the Lua language server: put this file's folder into",
    "-- workspace.library. Written by `azentiko script stubs`.",
    "",
    "---@alias azentiko.text string|table<string, string>",
    "",
  }
  for _, area in ipairs(areas()) do
    stub_of_area(out, area)
  end
  for _, area in ipairs(areas()) do
    if area.module then
      out[#out + 1] = ('---@overload fun(name: "%s"): azentiko.%s'):format(area.module, area.module)
    end
  end
  out[#out + 1] = "---@param name string"
  out[#out + 1] = "---@return any"
  out[#out + 1] = "function require(name) end"
  for i, line in ipairs(out) do
    out[i] = string.gsub(line, " +$", "")
  end
  return table.concat(out, "\n")
end

-- ---- the completion list ----

function writers.completions()
  local items = {}
  for _, area in ipairs(areas()) do
    for _, field in ipairs(area.fields or {}) do
      local call = string.gsub(area.call, ":$", ".")
      items[#items + 1] =
        { label = call .. field[1], kind = "field", module = area.module, detail = field[2], info = field[3] }
    end
    for _, entry in ipairs(area.functions) do
      local returns = {}
      for i, value in ipairs(entry.returns or {}) do
        returns[i] = value[1]
      end
      items[#items + 1] = {
        label = label(area, entry),
        kind = string.find(label(area, entry), ":", 1, true) and "method" or "function",
        module = area.module,
        detail = usage(area, entry) .. (#returns > 0 and " → " .. table.concat(returns, ", ") or ""),
        info = entry.short,
        example = entry.example,
      }
    end
  end
  local lines = {}
  for i, item in ipairs(items) do
    lines[i] = json.encode(item)
  end
  return "[\n" .. table.concat(lines, ",\n") .. "\n]"
end

-- what: "reference", "stubs" or "completions"; without the last line's end
function reference.write(what) return writers[what]() end

-- For the command line: the text as what the turn emits.
function reference.emit(what) host.emit(reference.write(what)) end

return reference
