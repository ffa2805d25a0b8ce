-- The system state's keeper of bundles: stores the files of a generation, so
-- that dialogs that begin on it can be taken up again after the next reload.
-- The engine mails "keep" to the one whose key begins the version's hash as
-- soon as a worker has the scripts, before any dialog can begin on them. The
-- files then travel as mail to itself: a store that is away returns them with
-- the failure, even when newer scripts have come meanwhile.
local host = require "host"
local json = require "json"
local loader = require "prelude.loader"

local library = {}

local RETRY_MS = 1000

-- k key; p files that wait for the store
function library.new(kind, key) return { kind = kind, k = key } end

local FOLDERS = { "commands/", "events/", "lib/", "menus/", "rules/", "webhooks/" }

local function files()
  local all = {}
  for _, folder in ipairs(FOLDERS) do
    for _, path in ipairs(host.files(folder)) do
      if not loader.is_test(path) then all[path] = host.source(path) end
    end
  end
  return all
end

local handlers = {}

function handlers.mail(self, text)
  if text ~= "keep" then
    local bundle = json.decode(text)
    host.write("bundle.put", bundle.version, json.encode(bundle.files), host.now())
    return host.stop()
  end
  if string.sub(host.version, 1, #self.k) ~= self.k then return host.stop() end -- replaced already
  host.send("library", self.k, json.encode { version = host.version, files = files() })
end

function handlers.failed(self, _, _, was, text)
  if was ~= "mail" then return end
  self.p = text
  host.timer("again", RETRY_MS)
end

function handlers.timer(self)
  host.send("library", self.k, self.p)
  self.p = nil
end

function library.deliver(self, kind, a, b, c, d)
  local handler = handlers[kind]
  if handler then handler(self, a, b, c, d) end
end

return library
