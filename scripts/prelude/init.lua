-- The first file that a tenant's state runs, once for each generation of the
-- scripts. It gets the host's functions, builds the platform's own module
-- space and gives C the functions that it calls: see docs/script-guide.md.
-- Nothing is kept from the generation before: what must survive a reload is
-- in an actor's plain data table or in the store.
local host = ...
local base = _ENV

local loader = assert(host.load("prelude/loader.lua", base))(host, base)
local require = loader.platform
local plan = require "prelude.plan"

local kinds = {
  agent = "actors.agent",
  conversation = "actors.conversation",
  desk = "actors.desk",
  greeter = "actors.greeter",
  tenant = "actors.tenant",
  file = "actors.file",
  sweeper = "actors.sweeper",
  hook = "actors.hook",
  http = "actors.http",
  api = "actors.api",
  jobs = "jobs.claimer",
  events = "jobs.events",
  sender = "jobs.sender",
  mailer = "jobs.mailer",
  letterbox = "actors.letterbox",
  janitor = "actors.janitor",
  library = "actors.library",
  recordings = "actors.recordings",
  scripts = "actors.scripts",
}

local actors = {} -- cache: kind -> module, so that a turn costs one table look-up

local function actor_of(kind)
  local actor = actors[kind]
  if not actor then
    actor = require(kinds[kind] or error("no actor of kind '" .. tostring(kind) .. "'"))
    actors[kind] = actor
  end
  return actor
end

return {
  -- The data of a new actor. Nothing is read here: an actor that has a past
  -- loads it in its first turn, where waiting is possible.
  activate = function(kind, key) return actor_of(kind).new(kind, key) end,

  deliver = function(self, kind, a, b, c, d)
    if not plan.known then plan.refresh() end
    local actor = actors[self.kind or "conversation"] or actor_of(self.kind or "conversation")
    return actor.deliver(self, kind, a, b, c, d)
  end,

  check = function() return require("prelude.check").all() end,

  -- A client's files before they are published: prelude/client_check.
  check_files = function(text) return require("prelude.client_check").run(text) end,

  -- Makes a tenant with its bot from a dataset file; runs as a turn of the
  -- tenant that is to be. Emits what was made, or the errors of the file.
  provision = function(text, options) return require("prelude.provision").run(text, options) end,

  -- Another bot of a tenant, from such a file.
  new_bot = function(text) return require("prelude.provision").add_bot(text) end,

  -- A new API key of a tenant; emits it, or what is wrong with the options.
  set_plan = function(text) return plan.set(text) end,
  new_key = function(text, options) return require("api.keys").from_command(text, options) end,
  -- "stubs", "reference" or "completions" of the script API, as a text.
  describe = function(what) require("prelude.reference").emit(what) end,

  -- The message of `azentiko mail test`, and the files of `azentiko mail preview`.
  mail_test = function(to, options) return require("mail.command").test(to, options) end,
  mail_preview = function(language) return require("mail.command").preview(language) end,

  import = function(text) return require("lib.dataset").import(text) end,
}
