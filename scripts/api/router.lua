-- The HTTP API: a request finds its route, whose run(exchange, request) answers.
-- request: { method, path, query (text), headers (lower-case names), body, ip }.
-- A visitor's route gets request.params, the decoded query, and the bot whose
-- domains allow the request. The clients' routes are in api/routes, those of
-- others in the *_routes below. A path that ends in "/{name}" stands for any one
-- segment there: request.name.
local host = require "host"
local admission = require "api.admission"
local problem = require "prelude.problem"
local query_text = require "api.query_text"
local visitor = require "api.visitor"

local router = {}

local routes = {} -- path -> method -> route
local for_visitors = {} -- route -> true: of websites that its bot allows

local function add(list, guarded)
  for _, route in ipairs(list) do
    routes[route.path] = routes[route.path] or {}
    routes[route.path][route.method] = route
    for_visitors[route] = guarded and not route.open or nil
  end
end
add(require "api.visitor_routes", true)
for _, name in ipairs { "agent_routes", "hook_routes", "mail_routes" } do
  add(require("api." .. name), false)
end

local function allowed(methods)
  local list = {}
  for method in pairs(methods) do
    list[#list + 1] = method
  end
  return table.concat(list, ", ")
end

-- A website's widget asks before it posts from another origin. Any origin may
-- ask: there are no cookies to abuse, and the bot's domains are checked by the
-- route itself, whose refusal the widget must be able to read.
local function preflight(exchange, methods)
  host.respond(exchange, 204, {
    ["access-control-allow-origin"] = "*",
    ["access-control-allow-methods"] = allowed(methods),
    ["access-control-allow-headers"] = "authorization, content-type, idempotency-key, last-event-id, x-file-name",
    ["access-control-max-age"] = "86400",
  }, "")
end

local function methods_of(request)
  if routes[request.path] then return routes[request.path] end
  local folder, name = string.match(request.path, "^(.*/)([^/]+)$")
  request.name = name
  return folder and routes[folder .. "{name}"]
end

function router.handle(exchange, request)
  local methods = methods_of(request)
  if not methods then
    if admission.handle(exchange, request) then return end
    return problem.refuse(exchange, 404, "not_found", "There is nothing at this address.")
  end
  if request.method == "OPTIONS" and string.find(request.path, "^/v1/chat") then
    return preflight(exchange, methods)
  end
  local route = methods[request.method]
  if not route and admission.handle(exchange, request) then return end -- a client's route with the same path
  if not route then
    return problem.respond(
      exchange,
      405,
      "method_not_allowed",
      "This method is not allowed here.",
      { allow = allowed(methods) }
    )
  end
  if route.any_query then return route.run(exchange, request) end
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
  request.params, request.route = params, route
  if not for_visitors[route] then return route.run(exchange, request) end
  local bot = visitor.admit(exchange, request)
  if bot then return route.run(exchange, request, bot) end
end

return router
