-- One request of the HTTP API, in the system state.
local host = require "host"
local router = require "api.router"

local http = {}

local kept = false -- cache: this generation's files were sent to the library

function http.new(kind) return { kind = kind } end

function http.deliver(_, kind, exchange, request)
  if not kept then
    kept = true
    host.send("library", "bundle", "keep")
  end
  if kind == "request" then router.handle(exchange, request) end
  host.stop()
end

return http
