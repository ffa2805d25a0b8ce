-- RFC 9457 errors of the HTTP API.
local host = require "host"
local json = require "json"

local problem = {}

function problem.respond(exchange, status, code, title, headers, errors)
  headers = headers or {}
  headers["content-type"] = "application/problem+json"
  headers["access-control-allow-origin"] = "*" -- a refused website's widget may read why
  host.respond(
    exchange,
    status,
    headers,
    json.encode {
      type = "about:blank",
      status = status,
      code = code,
      title = title,
      errors = errors,
    }
  )
end

return problem
