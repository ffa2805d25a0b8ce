-- RFC 9457 errors of the HTTP API.
local host = require "host"
local json = require "json"

local problem = {}

-- For those who come with an API key: keys belong on a server, so no page of
-- another origin may read the answer.
function problem.refuse(exchange, status, code, title, headers, errors)
  headers = headers or {}
  headers["content-type"] = "application/problem+json"
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

-- For visitors: a refused website's widget may read why.
function problem.respond(exchange, status, code, title, headers, errors)
  headers = headers or {}
  headers["access-control-allow-origin"] = "*"
  return problem.refuse(exchange, status, code, title, headers, errors)
end

return problem
