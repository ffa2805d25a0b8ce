-- /v1/bots/{bot}/scripts and /secrets: the life of a bot's own scripts. What
-- each does is prelude/lifecycle.
local host = require "host"
local lifecycle = require "prelude.lifecycle"
local secrets = require "prelude.secrets"
local shapes = require "api.shapes"

local BODY_MAX = 524288 -- 256 KiB of files as JSON

local files = shapes.anything "Path -> text: commands/NAME.lua, chats/NAME.chat and their like"
local report = shapes.anything "Findings, each with file, line, level, text and hint; plays; what differs"
local version = { type = "integer", minimum = 0, description = "A version's number; 0: the stock scripts" }

-- Calls an operation with the request's body, once the bot is known to be the account's.
local function run(operation, status)
  return function(request)
    local bot = request.path.bot
    local rows, message, code = host.query("bot.get", bot)
    if not rows then return nil, message, code end
    if not rows[1] then return nil, nil, "not_found" end
    local input = request.body or request.query
    input.author = request.key.name or request.key.id
    input.name = request.path.secret or input.name
    local result
    result, message, code = operation(bot, input)
    if not result then return nil, message, code == "busy" and "rate_limited" or code end
    return status or 200, result
  end
end

local function route(method, path, scope, summary, more)
  local made = {
    method = method,
    path = "/v1/bots/{bot}/" .. path,
    scope = scope,
    summary = summary,
    description = more.description,
    query = more.query,
    required = more.required,
    body = more.body,
    body_max = more.body and BODY_MAX or nil,
    responses = { [200] = { description = more.answer or "The result", schema = more.schema or report } },
    run = more.run,
  }
  return made
end

local source = { files = files, version = version }
local EXAMPLE = {
  files = {
    ["rules/fallback.lua"] = 'local bot = require "bot"\nbot.fallback { { after = 1, say = "Pardon?" } }',
  },
}
local SOURCE = "Of the files given, of a version, or of the draft when neither is given."

local read, write = "scripts:read", "scripts:write"

return {
  route("GET", "scripts/draft", read, "The draft", { run = run(lifecycle.draft_get) }),
  route("PUT", "scripts/draft", write, "Replaces the draft", {
    description = "revision is the one that was read (0: none yet): another's change in between is a conflict.",
    body = shapes.input(
      { files = files, revision = { type = "integer", minimum = 0 } },
      { "files", "revision" },
      { example = { files = EXAMPLE.files, revision = 0 } }
    ),
    run = run(lifecycle.draft_put),
  }),
  route("POST", "scripts/check", write, "Checks scripts", {
    description = SOURCE,
    body = shapes.input(source, {}, { example = EXAMPLE }),
    run = run(lifecycle.check),
  }),
  route("POST", "scripts/test", write, "Checks scripts and plays their screenplays", {
    description = SOURCE,
    body = shapes.input(source, {}, { example = EXAMPLE }),
    run = run(lifecycle.test),
  }),
  route("POST", "scripts/rehearse", write, "Plays recorded conversations to scripts", {
    description = SOURCE .. " Nothing leaves: no event, no request, no row. own: each on its own version.",
    body = shapes.input({
      files = files,
      version = version,
      last = { type = "integer", minimum = 1, maximum = 10000 },
      own = { type = "boolean" },
    }, {}, { example = { files = EXAMPLE.files, last = 200 } }),
    run = run(lifecycle.rehearse),
  }),
  route("POST", "scripts/publish", write, "Publishes scripts, to all or to a share of new conversations", {
    description = SOURCE .. " They are checked and tested first; ok false says that nothing was published.",
    body = shapes.input({
      files = files,
      version = version,
      note = shapes.text(500),
      share = { type = "integer", minimum = 1, maximum = 100 },
    }, {}, { example = { files = EXAMPLE.files, note = "A friendlier fallback", share = 10 } }),
    run = run(lifecycle.publish),
  }),
  route("POST", "scripts/rollback", write, "Goes back to what was live before, or to a version", {
    body = shapes.input({ to = version, note = shapes.text(500) }, {}, { example = { to = 1 } }),
    run = run(lifecycle.rollback),
  }),
  route("GET", "scripts/versions", read, "Versions with who still uses them, and releases", {
    run = run(lifecycle.versions),
  }),
  route("GET", "scripts/compare", read, "What differs between two versions, and how conversations went", {
    query = { from = version, to = version },
    required = { from = true, to = true },
    run = run(lifecycle.compare),
  }),
  route("GET", "secrets", read, "Names of the bot's secrets", { run = run(secrets.list) }),
  route("PUT", "secrets/{secret}", write, "Sets a secret; it is never shown again", {
    body = shapes.input({ value = shapes.text(4000) }, { "value" }, { example = { value = "a long key" } }),
    run = run(secrets.set),
  }),
  route("DELETE", "secrets/{secret}", write, "Removes a secret", { run = run(secrets.remove) }),
}
