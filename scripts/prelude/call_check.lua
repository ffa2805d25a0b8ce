-- Functions of the script API that do not exist, commands, menus and webhooks
-- that are named but not there, found by reading a client's files: without it
-- they would be met when somebody talks to the script. It
-- reads tokens (lib/source_names) and is silent where it cannot be sure: what
-- a file calls `chat` is the chat, unless it declares a variable of that name.
local export = require "prelude.export"
local loader = require "prelude.loader"
local signature = require "prelude.signature"
local source_names = require "lib.source_names"

local MODULES = { "business", "http", "json", "log", "store", "text", "time" }

-- The names of areas of the API: a set of "say", "bot.get", and the set of
-- names that have others below them: "bot".
local function names_of(...)
  local known, parents = {}, {}
  for _, area in ipairs { ... } do
    local source = assert(signature.read(area))
    for _, entry in ipairs(source.functions) do
      known[entry.name] = true
      local parent = string.match(entry.name, "^(.+)%.")
      if parent then parents[parent] = true end
    end
    for _, field in ipairs(source.fields or {}) do
      known[field[1]] = true
    end
  end
  return known, parents
end

local function check_members(found, path, members, call, known, parents)
  for _, use in ipairs(members) do
    local name = parents[use.name] and use.path or use.name
    if not known[name] and not parents[name] then
      local hint = export.similar(name, known)
      hint = hint and ("did you mean '%s'?"):format(hint) or "the script reference lists what there is"
      found:add("error", path, use.line, call .. name .. " does not exist", hint)
    end
  end
end

-- What a text names has to be there: chat:go, chat:show.
local function check_targets(found, path, use, registry)
  local target = use.literal
  if not target or (use.name ~= "go" and use.name ~= "show") then return end
  if registry.menus[target] or (use.name == "go" and registry.commands[target]) then return end
  local hint = export.similar(target, use.name == "go" and registry.commands or registry.menus)
  found:add(
    "error",
    path,
    use.line,
    ("chat:%s leads to '%s', which does not exist"):format(use.name, target),
    hint and ("did you mean '%s'?"):format(hint) or nil
  )
end

local function check_chat(found, path, members, registry)
  local known, parents = names_of("chat", "asks")
  check_members(found, path, members, "chat:", known, parents)
  for _, use in ipairs(members) do
    if use.mark == "." and use.called and known[use.name] and use.given ~= "chat" then
      local text = ("chat.%s is called with a colon"):format(use.name)
      found:add("error", path, use.line, text, ("write chat:%s(...)"):format(use.name))
    end
    check_targets(found, path, use, registry)
  end
end

local WAYS = { post = true, enqueue = true }

-- bot.webhook "name":post in functions; what stands outside of them is met
-- when the file is loaded.
local function check_webhooks(found, path, members, registry)
  for _, use in ipairs(members) do
    if use.name == "webhook" and use.method then
      if not registry.webhooks[use.literal] then
        local hint = export.similar(use.literal, registry.webhooks)
        hint = hint and ("did you mean '%s'?"):format(hint)
          or ('declare it: bot.webhook "%s" { url = ... }'):format(use.literal)
        found:add("error", path, use.line, ("webhook '%s' is not declared"):format(use.literal), hint)
      end
      if not WAYS[use.method] then
        local text = ("a webhook knows no '%s'"):format(use.method)
        found:add("error", path, use.line, text, ":post waits for the answer, :enqueue sends later")
      end
    end
  end
end

local function variable_of(source, module)
  return string.match(source, "local%s+([%a_][%w_]*)%s*=%s*require%s*%(?%s*[\"']" .. module .. "[\"']")
end

local function check_file(found, path, source, registry)
  local members, assigned = source_names.members(source, "chat")
  if assigned == 0 then check_chat(found, path, members, registry) end
  for _, module in ipairs(MODULES) do
    local variable = variable_of(source, module)
    if variable then
      members, assigned = source_names.members(source, variable)
      if assigned == 1 then check_members(found, path, members, module .. ".", names_of(module)) end
    end
  end
  local variable = variable_of(source, "bot")
  if variable then check_webhooks(found, path, source_names.members(source, variable), registry) end
end

-- found: the findings of prelude/client_check; registry: what the files
-- declare, over the stock scripts
return function(found, files, registry)
  for path, source in pairs(files) do
    if string.find(path, "%.lua$") and not loader.is_test(path) then
      check_file(found, path, source, registry)
    end
  end
end
