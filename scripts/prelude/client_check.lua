-- The check of a client's files before they are published: limits, names,
-- declarations, references, the files' own tests. Runs in a scratch state,
-- laid over the stock scripts of this server. Each finding is
-- { file, line, level = "error" | "warning", text, hint }.
local json = require "json"
local bundle = require "prelude.bundle"
local call_check = require "prelude.call_check"
local check = require "prelude.check"
local loader = require "prelude.loader"
local own_tests = require "prelude.own_tests"
local phrases = require "lib.phrases"
local source_names = require "lib.source_names"
local text = require "lib.text"

local client_check = {}

local FILES_MAX, FILE_BYTES_MAX, BYTES_MAX = 100, 65536, 262144
local DECLARATIONS_MAX, FINDINGS_MAX = 200, 100

local NAMES = { self = true, require = true, _ENV = true, t = true }
for _, name in ipairs(loader.names) do
  NAMES[name] = true
end

local Findings = {}
Findings.__index = Findings

function Findings:add(level, file, line, message, hint)
  local list = self.list
  if #list >= FINDINGS_MAX then return end
  local same = file .. ":" .. line .. ":" .. message
  if self.seen[same] then return end
  self.seen[same] = true
  if level == "error" then self.errors = self.errors + 1 end
  list[#list + 1] = { level = level, file = file, line = line, text = message, hint = hint }
end

-- What Lua says of a text that is no script, and what it mostly is.
local SYNTAX = {
  { "'}' expected %(to close '{'", "is a comma missing before it?" },
  { "'end' expected", "an 'end' is missing" },
  { "unexpected symbol near [,}']", "is an 'end', a value or a bracket missing before it?" },
  { "unfinished string", "a quote is missing at the end of the text" },
  { "'=' expected near", "is a comma or a bracket missing before it?" },
  {
    "attempt to index a nil value %(local 'chat'%)",
    "is a function called where it should be named: run = run?",
  },
}

local function hint_for(said)
  for _, case in ipairs(SYNTAX) do
    if string.find(said, case[1]) then return case[2] end
  end
  return nil
end

-- "commands/a.lua:3: what is wrong (what to do)" as the checks of the stock
-- scripts write it.
function Findings:add_line(level, message)
  local file, line, rest = string.match(message, "^([%w_/]+%.lua):(%d+): (.*)$")
  if not file then
    file, rest = string.match(message, "^([%w_/]+%.%l+): (.*)$")
  end
  local said, hint = string.match(rest or message, "^(.-) %((.*)%)$")
  if hint and string.find(hint, "^%l+ '[^']*'$") then
    said, hint = nil, nil
  end -- Lua's "(local 'x')"
  said = said or rest or message
  self:add(level, file or "", math.tointeger(line) or 1, said, hint or hint_for(said))
end

local function check_limits(found, files)
  local count, bytes = 0, 0
  for path, source in pairs(files) do
    if type(path) ~= "string" or type(source) ~= "string" then
      return found:add(
        "error",
        tostring(path),
        1,
        "the files are not texts by their path",
        "commands/NAME.lua: its text"
      )
    end
    count, bytes = count + 1, bytes + #source
    local is_file = bundle.is_of_folders(path) or string.find(path, "^chats/")
    if not is_file or not string.find(path, "^%l+/[%l%d_]+%.%l+$") then
      found:add(
        "error",
        path,
        1,
        "this file has no place here",
        "scripts are commands/, events/, menus/, rules/ or webhooks/NAME.lua, plays are chats/NAME.chat"
      )
    elseif not string.find(path, "%.lua$") and not string.find(path, "%.chat$") then
      found:add("error", path, 1, "only .lua and .chat files are taken")
    end
    if #source > FILE_BYTES_MAX then
      found:add("error", path, 1, ("larger than %d KiB"):format(FILE_BYTES_MAX // 1024), "split it")
    end
    if not utf8.len(source) then found:add("error", path, 1, "not a UTF-8 text") end
  end
  if count > FILES_MAX then found:add("error", "", 1, ("more than %d files"):format(FILES_MAX)) end
  if bytes > BYTES_MAX then
    found:add("error", "", 1, ("more than %d KiB in all files"):format(BYTES_MAX // 1024))
  end
  if count == 0 then found:add("error", "", 1, "no files") end
end

local function check_names(found, files)
  for path, source in pairs(files) do
    if string.find(path, "%.lua$") then
      for _, use in ipairs(source_names.unknown(source, NAMES)) do
        found:add(
          "error",
          path,
          use.line,
          ("unknown name '%s'"):format(use.name),
          loader.hints[use.name]
            or (use.set and ("write 'local %s'"):format(use.name) or "did you forget quotes?")
        )
      end
    end
  end
end

-- A word that always means something else, and one that is declared twice.
local function check_words(found, registry)
  local function visit(command, value)
    if type(value) == "table" then
      for _, entry in pairs(value) do
        visit(command, entry)
      end
    elseif type(value) == "string" then
      local winner = registry.phrases[text.fold(value)]
      if winner and winner ~= command then
        found:add_line(
          "warning",
          ("%s: command '%s' never hears the word '%s' (command '%s' at %s takes it)"):format(
            command.at,
            command.name,
            value,
            winner.name,
            winner.at
          )
        )
      end
    end
  end
  for _, body in ipairs(registry.order) do
    if registry.commands[body.name] == body then
      visit(body, body.title)
      visit(body, body.words)
    end
  end
end

-- A condition that no conversation can meet.
local function check_languages(found, at, subject, declared)
  local when = type(declared) == "table" and declared.when
  local languages = type(when) == "table" and when.languages
  for _, language in ipairs(type(languages) == "table" and languages or { languages or nil }) do
    if type(language) == "string" and not text.language(language, phrases.languages) then
      found:add_line(
        "warning",
        ("%s: %s: no conversation is in '%s' (there are: %s)"):format(
          at,
          subject,
          language,
          table.concat(phrases.languages, ", ")
        )
      )
    end
  end
end

local function check_conditions(found, registry)
  for _, body in ipairs(registry.order) do
    local noun = registry.menus[body.name] == body and "menu" or "command"
    local subject = ("%s '%s'"):format(noun, body.name)
    check_languages(found, body.at, subject, body)
    for i, item in ipairs(noun == "menu" and type(body.items) == "table" and body.items or {}) do
      check_languages(found, body.at, ("%s item %d"):format(subject, i), item)
    end
  end
end

local function check_registry(found, registry)
  if #registry.order > DECLARATIONS_MAX then
    found:add("error", "", 1, ("more than %d declarations"):format(DECLARATIONS_MAX))
  end
  for _, message in ipairs(check.registry(registry)) do
    found:add_line("error", message)
  end
end

local function sort(list)
  table.sort(list, function(a, b)
    if a.level ~= b.level then return a.level == "error" end
    if a.file ~= b.file then return a.file < b.file end
    return a.line < b.line
  end)
  return list
end

-- names: what the bot has, a list; nil when that is not known here.
local function check_secrets(found, registry, names)
  if not names then return end
  local known = {}
  for _, name in ipairs(names) do
    known[name] = true
  end
  for _, use in ipairs(registry.secrets) do
    if not known[use.name] then
      found:add_line(
        "warning",
        ("%s: secret '%s' is not set (azentiko script secret set %s)"):format(use.at, use.name, use.name)
      )
    end
  end
end

-- input: JSON { files = path -> text, tests = run the files' own tests too,
-- secrets = names of the bot's, if known }
function client_check.run(input)
  local request = assert(json.decode(input))
  local files = request.files
  local found = setmetatable({ list = {}, seen = {}, errors = 0 }, Findings)
  check_limits(found, files)
  if found.errors > 0 then return { ok = false, findings = json.array(sort(found.list)) } end
  local registry = bundle.over(bundle.current(true), files, 0, nil)
  check_registry(found, registry)
  check_names(found, files)
  call_check(found, files, registry)
  check_words(found, registry)
  check_conditions(found, registry)
  check_secrets(found, registry, request.secrets)
  local tests = request.tests and own_tests.of_client(registry, files) or {}
  for _, message in ipairs(tests) do
    found:add_line("error", message)
  end
  return {
    ok = found.errors == 0,
    declared = #registry.order,
    findings = json.array(sort(found.list)),
  }
end

return client_check
