-- One request of a client's key, in its tenant's state: an actor for each, so
-- that a slow one holds up no other.
local host = require "host"
local json = require "json"
local serve = require "api.serve"

local api = {}

function api.new(kind) return { kind = kind } end

function api.deliver(_, kind, exchange, a, was, envelope)
  if kind == "post" then
    serve.request(exchange, json.decode(a))
  elseif kind == "failed" and was == "post" and exchange then
    serve.failed(exchange, a, json.decode(envelope))
  end
  host.stop()
end

return api
