-- One request for a stored file, in its tenant's state.
local host = require "host"
local json = require "json"
local stored_files = require "prelude.stored_files"

local file = {}

function file.new(kind) return { kind = kind } end

function file.deliver(_, kind, exchange, payload)
  if kind == "post" then stored_files.serve(exchange, json.decode(payload)) end
  host.stop()
end

return file
