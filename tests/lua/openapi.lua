-- schema/openapi.yaml from the table of routes that the server runs by:
--   lua5.4 tests/lua/write_openapi.lua
local demo = require "tests.lua.demo"
local yaml = require "tests.lua.yaml"

local openapi = {}

local PROBLEM = {
  type = "object",
  required = { "type", "status", "code", "title" },
  properties = {
    type = { type = "string" },
    status = { type = "integer" },
    code = { type = "string", description = "Stable; titles are for people." },
    title = { type = "string" },
    errors = {
      type = "array",
      items = {
        type = "object",
        required = { "pointer", "code", "detail" },
        properties = {
          pointer = { type = "string" },
          code = { type = "string" },
          detail = { type = "string" },
        },
      },
    },
  },
}

local COMMON = {
  [400] = "A parameter, the cursor or the body is malformed",
  [401] = "No API key, or none that is valid",
  [403] = "The key lacks the scope, or the account is suspended",
  [404] = "There is none; what is another account's is not there either",
  [409] = "Changed meanwhile, or in use",
  [413] = "The body is too large",
  [415] = "The body is not application/json",
  [422] = "A field is at fault (see errors), or the Idempotency-Key was used for another request",
  [429] = "Too many requests: Retry-After says when",
  [503] = "Try again: Retry-After says when",
}

local function problem(description)
  return {
    description = description,
    content = { ["application/problem+json"] = { schema = { ["$ref"] = "#/components/schemas/Problem" } } },
  }
end

-- Which of COMMON a client's route may answer.
local function common_of(route)
  local codes = { 400, 401, 403, 413, 429, 503 }
  if route.path:find("{", 1, true) then codes[#codes + 1] = 404 end
  if route.method ~= "GET" then codes[#codes + 1] = 409 end
  if route.body then table.move({ 415, 422 }, 1, 2, #codes + 1, codes) end
  return codes
end

local function response(found)
  if found.problem then return problem(found.description) end
  local result = { description = found.description }
  if found.schema then result.content = { ["application/json"] = { schema = found.schema } } end
  if found.media then result.content = { [found.media] = { schema = { type = "string" } } } end
  return result
end

local function responses_of(route, client)
  local all = {}
  for _, code in ipairs(client and common_of(route) or { 400, 403, 404, 503 }) do
    all[code] = { ["$ref"] = "#/components/responses/" .. code }
  end
  for code, found in pairs(route.responses) do
    all[code] = code >= 400 and problem(found.description) or response(found)
  end
  return all
end

local function schema_of(rule)
  local copy = {}
  for name, value in pairs(rule) do
    if name ~= "description" and name ~= "refers" then copy[name] = value end
  end
  return copy
end

local function parameters_of(route, extra)
  local list = {}
  for name in route.path:gmatch "{([%l_]+)}" do
    list[#list + 1] = { name = name, ["in"] = "path", required = true, schema = { type = "string" } }
  end
  local names, all = {}, {}
  for _, query in ipairs { route.query or {}, route.list and extra or {} } do
    for name, rule in pairs(query) do
      if not all[name] then
        names[#names + 1], all[name] = name, rule
      end
    end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local rule = all[name]
    local required = (route.required or {})[name]
    list[#list + 1] = {
      name = name,
      ["in"] = "query",
      required = required,
      description = rule.description,
      schema = schema_of(rule),
    }
  end
  if route.method == "POST" then list[#list + 1] = { ["$ref"] = "#/components/parameters/IdempotencyKey" } end
  return list[1] and list or nil
end

local function body_of(route)
  if not route.body then return nil end
  return { required = not route.body_optional, content = { ["application/json"] = { schema = route.body } } }
end

local function operation(route, client, page_query)
  local tag = route.path:match "^/v1/([%l_]+)"
  return {
    summary = route.summary,
    description = route.description,
    tags = { tag },
    security = client and { { key = { route.scope } } } or { yaml.EMPTY },
    parameters = parameters_of(route, page_query),
    requestBody = body_of(route),
    responses = responses_of(route, client),
  }
end

local function components()
  local responses = {}
  for code, description in pairs(COMMON) do
    responses[code] = problem(description)
  end
  return {
    securitySchemes = { key = { type = "http", scheme = "bearer", description = "An API key: `azk_...`" } },
    schemas = { Problem = PROBLEM },
    responses = responses,
    parameters = {
      IdempotencyKey = {
        name = "Idempotency-Key",
        ["in"] = "header",
        required = false,
        description = "A repeat within 24 hours gets the same answer and has no second effect.",
        schema = { type = "string", minLength = 1, maxLength = 255 },
      },
    },
  }
end

function openapi.text()
  local platform = demo.platform(demo.world())
  local paths = {}
  local function add(route, client)
    local path = paths[route.path] or {}
    paths[route.path] = path
    path[route.method:lower()] = operation(route, client, platform("api.pages").query)
  end
  for _, route in ipairs(platform("api.routes").all()) do
    add(route, true)
  end
  for _, name in ipairs { "visitor_routes", "hook_routes", "mail_routes" } do
    local list = platform("api." .. name)
    for _, route in ipairs(list) do
      if not route.internal then add(route, false) end
    end
  end
  return yaml.write {
    openapi = "3.1.0",
    info = {
      title = "aZentiKo",
      version = "1",
      description = "Conventions: docs/api.md. Made from the server's table of routes; a test compares them.",
    },
    servers = { { url = "https://{host}", variables = { host = { default = "localhost" } } } },
    paths = paths,
    components = components(),
  }
end

return openapi
