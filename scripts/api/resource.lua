-- What routes on one kind of row have in common: the row of a path, a page of
-- them, the answer with a secret in it.
local host = require "host"
local json = require "json"
local pages = require "api.pages"

local resource = {}

-- The one row that a query finds by ids; nil and what a route answers then.
function resource.one(query, ...)
  local found, message, code = host.query(query, ...)
  if not found then return nil, message, code end
  if not found[1] then return nil, nil, "not_found" end
  return found[1]
end

-- A route on the row that the query finds by a name in the path: act(request, row).
function resource.on(query, name, act)
  return function(request)
    local row, message, code = resource.one(query, request.path[name])
    if not row then return nil, message, code end
    return act(request, row)
  end
end

-- A route that lists the query's rows, which come by their ids.
function resource.list(query, show)
  return function(request)
    local found, message, code = host.query(query, request.after or "", request.query.limit + 1)
    if not found then return nil, message, code end
    return pages.answer(request, found, show, function(row) return row.id end)
  end
end

-- What is shown once more with the secret; a repeat of the request says null there.
function resource.with_secret(request, shown, secret)
  shown.secret = json.null
  request.kept_answer = json.encode(shown)
  shown.secret = secret
  return shown
end

return resource
