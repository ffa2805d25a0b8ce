-- Functions of the script API that do not exist, found by reading a client's
-- files: without it they would be met when somebody talks to the script. It
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

local function variable_of(source, module)
  return string.match(source, "local%s+([%a_][%w_]*)%s*=%s*require%s*%(?%s*[\"']" .. module .. "[\"']")
end

-- found: the findings of prelude/client_check
return function(found, files)
  for path, source in pairs(files) do
    if string.find(path, "%.lua$") and not loader.is_test(path) then
      local members, assigned = source_names.members(source, "chat")
      if assigned == 0 then check_members(found, path, members, "chat:", names_of("chat", "asks")) end
      for _, module in ipairs(MODULES) do
        local variable = variable_of(source, module)
        if variable then
          members, assigned = source_names.members(source, variable)
          if assigned == 1 then check_members(found, path, members, module .. ".", names_of(module)) end
        end
      end
    end
  end
end
