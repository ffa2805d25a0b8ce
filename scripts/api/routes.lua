-- The clients' routes: one table, made of the lists that the modules in
-- api/client/ return. What checks a request, what answers it and what
-- schema/openapi.yaml says all come from it.
--
-- A route: {
--   method, path = "/v1/bots/{bot}", scope = "bots:read", summary, description?,
--   query = { name = schema },          -- parameters; a list has limit and cursor, too
--   required = { name = true },         -- parameters that must be there
--   list = true,                        -- answers { data, next_cursor }: see api/pages
--   body = schema, body_max = bytes,    -- of what a POST, PUT or PATCH sends; 64 KiB
--   responses = { [200] = { description, schema = } },
--   run = function(request) return status, body, headers end,
-- }
-- run gets { path = {}, query = {}, body, key, now, after }; it answers a
-- status and a table (or JSON text), or nil, message, code and faults: see
-- api/serve. It decides first and writes last, for whatever was written when
-- it returns is committed.
local host = require "host"
local loader = require "prelude.loader"

local routes = {}

local FOLDER = "api/client/"
routes.BODY_MAX = 65536

local function segments(path)
  local list = {}
  for segment in string.gmatch(path, "[^/]+") do
    list[#list + 1] = segment
  end
  return list
end

local function load_all()
  local all = {}
  for _, path in ipairs(host.files(FOLDER)) do
    if not loader.is_test(path) then
      local module = string.gsub(string.sub(path, 1, -5), "/", ".")
      for _, route in ipairs(loader.platform(module)) do
        route.segments = segments(route.path)
        all[#all + 1] = route
      end
    end
  end
  return all
end

local by_length -- cache: number of segments -> routes of that length

local function index()
  if by_length then return by_length end
  local found = {}
  for _, route in ipairs(load_all()) do
    local list = found[#route.segments] or {}
    list[#list + 1] = route
    found[#route.segments] = list
  end
  by_length = found
  return found
end

function routes.all()
  local all = {}
  for _, list in pairs(index()) do
    table.move(list, 1, #list, #all + 1, all)
  end
  table.sort(all, function(a, b)
    if a.path ~= b.path then return a.path < b.path end
    return a.method < b.method
  end)
  return all
end

-- How well a path fits: nil, or the number of its literal segments.
local function fit(route, given)
  local literal = 0
  for i, segment in ipairs(route.segments) do
    if segment == given[i] then
      literal = literal + 1
    elseif string.byte(segment) ~= 123 then -- '{'
      return nil
    end
  end
  return literal
end

local function params_of(route, given)
  local params = {}
  for i, segment in ipairs(route.segments) do
    local name = string.match(segment, "^{([%l_]+)}$")
    if name then params[name] = given[i] end
  end
  return params
end

-- The route of a request and its path's parameters; nil and, where the path
-- is known, the methods that it has.
function routes.find(method, path)
  local given = segments(path)
  local best, literal, methods = nil, -1, {}
  for _, route in ipairs(index()[#given] or {}) do
    local score = fit(route, given)
    if score and score > literal then
      best, literal, methods = nil, score, {}
    end
    if score == literal then
      methods[#methods + 1] = route.method
      if route.method == method then best = route end
    end
  end
  if best then return best, params_of(best, given) end
  table.sort(methods)
  return nil, methods[1] and table.concat(methods, ", ") or nil
end

-- name -> true: every scope that some route asks for, and "*".
function routes.scopes()
  local scopes = { ["*"] = true }
  for _, route in ipairs(routes.all()) do
    if route.scope then scopes[route.scope] = true end
  end
  return scopes
end

return routes
