-- One request of the HTTP API, in the system state.
local host = require "host"
local router = require "api.router"

local http = {}

function http.new(kind) return { kind = kind } end

function http.deliver(_, kind, exchange, request)
  if kind == "request" then router.handle(exchange, request) end
  host.stop()
end

return http
