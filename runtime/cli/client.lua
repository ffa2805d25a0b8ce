-- Commands that do what a client's key could: azentiko webhook, azentiko hook.
-- Each verb is the request of the HTTP API that does the same (docs/webhooks.md)
-- and prints what that answers: with --json as it is, else for people.
local json = require "json"

local tool = ...
local kit = require "runtime.cli.client_kit"(tool)

local nouns = {
  webhook = require "runtime.cli.client_webhook"(tool, kit),
  hook = require "runtime.cli.client_hook"(tool, kit),
  notice = require "runtime.cli.client_notice"(tool, kit),
}

local function usage(noun, verb)
  local verbs, lines = nouns[noun], {}
  for name in pairs(verbs) do
    if not verb or name == verb then lines[#lines + 1] = name end
  end
  table.sort(lines)
  for i, name in ipairs(lines) do
    lines[i] = ("  azentiko %s %s %s"):format(noun, name, verbs[name][1])
  end
  return kit.stop(2, "usage:\n" .. table.concat(lines, "\n"))
end

local function run(request)
  local verbs = nouns[request.noun]
  local name, account = request.arguments[1], request.arguments[2]
  local verb = verbs[name]
  if not verb then usage(request.noun) end
  local given = #request.arguments - 2
  if not account or given < verb[2] or given > verb[3] then usage(request.noun, name) end
  for i = 3, #request.arguments do
    if not string.find(request.arguments[i], "^[%w_]+$") then kit.stop(1, "there is nothing with this id") end
  end
  if verb[4](request, table.unpack(request.arguments, 3)) == false then usage(request.noun, name) end
end

return {
  -- text: JSON { noun, arguments, options, json }. The exit code.
  run = function(text)
    local ok, failure = pcall(run, json.decode(text))
    if ok then return 0 end
    if not kit.exit_code then tool.complain(tostring(failure)) end
    return kit.exit_code or 1
  end,
}
