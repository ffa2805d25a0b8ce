-- Routes of the HTTP API: path -> method -> handler(exchange, request).
-- request: { method, path, query (text), headers (lower-case names), body, ip }.
-- Handlers get request.params, the decoded query. The clients' routes are in
-- api/routes, the visitors' in this table.
local admission = require "api.admission"
local problem = require "prelude.problem"
local query_text = require "api.query_text"
local visitor = require "api.visitor"

local router = {}

local routes = {
  ["/v1/chat"] = { GET = visitor.connect },
  ["/v1/chat/config"] = { GET = visitor.config },
  ["/v1/chat/events"] = { GET = visitor.events },
  ["/v1/chat/messages"] = { POST = visitor.post },
  ["/v1/test/chat"] = { GET = visitor.test },
}

local function allowed(methods)
  local list = {}
  for method in pairs(methods) do
    list[#list + 1] = method
  end
  return table.concat(list, ", ")
end

function router.handle(exchange, request)
  local methods = routes[request.path]
  if not methods then
    if admission.handle(exchange, request) then return end
    return problem.respond(exchange, 404, "not_found", "There is nothing at this address.")
  end
  local handler = methods[request.method]
  if not handler then
    return problem.respond(
      exchange,
      405,
      "method_not_allowed",
      "This method is not allowed here.",
      { allow = allowed(methods) }
    )
  end
  local params, name = query_text.parse(request.query)
  if not params then
    return problem.respond(
      exchange,
      400,
      "bad_query",
      "The query is not well-formed.",
      nil,
      { { pointer = "/query/" .. name, code = "malformed", detail = "given twice, or not UTF-8" } }
    )
  end
  request.params = params
  return handler(exchange, request)
end

return router
