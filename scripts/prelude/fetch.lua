-- The `http` module of scripts: requests to the outside as steps of a dialog
-- (prelude/outside). A call that a crash cut short is made again only when that
-- does no harm (a GET, or `idempotent`), else its result is nil, a message and
-- "unknown".
local host = require "host"
local json = require "json"
local current = require "prelude.current"
local outside = require "prelude.outside"
local time = require "lib.time"

local fetch = {}

local TIMEOUT_MS, TIMEOUT_MAX_MS = 10000, 30000
local BODY_BYTES_MAX = 32768
local HEADERS_MAX, HEADER_BYTES_MAX = 20, 2000

local function headers_text(name, headers, json_body)
  local lines, count, bytes = {}, 0, 0
  for key, value in pairs(headers or {}) do
    count = count + 1
    if
      type(key) ~= "string"
      or not string.find(key, "^[%w%-]+$")
      or type(value) ~= "string"
      or string.find(value, "[%c]")
    then
      error(("%s: the header '%s' must be a name and a text in one line"):format(name, tostring(key)), 4)
    end
    lines[#lines + 1] = key .. ": " .. value
    bytes = bytes + #key + #value
  end
  if count > HEADERS_MAX or bytes > HEADER_BYTES_MAX then error(name .. ": too many headers", 4) end
  if json_body then lines[#lines + 1] = "content-type: application/json" end
  return #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
end

local function request_of(name, method, url, options)
  local why = host.check_url(url)
  if why then error(("%s: %s"):format(name, why), 3) end
  local body = options.body
  if options.json ~= nil then
    local message
    body, message = json.encode(options.json)
    if not body then error(("%s: 'json': %s"):format(name, message), 3) end
  end
  if body and #body > BODY_BYTES_MAX then
    error(("%s: the body is longer than %d bytes"):format(name, BODY_BYTES_MAX), 3)
  end
  local timeout = options.timeout and time.parse_period(options.timeout) or TIMEOUT_MS
  return {
    method = method,
    url = url,
    headers = headers_text(name, options.headers, options.json ~= nil),
    body = body or "",
    timeout = math.min(timeout, TIMEOUT_MAX_MS),
    limit = BODY_BYTES_MAX,
  }
end

-- The logged outcome as the script gets it.
local function result(logged)
  if logged[1] == false then return nil, logged[2], logged[3] end
  local data = json.decode(logged.body)
  if data == json.null then data = nil end
  return {
    status = logged.status,
    ok = logged.status >= 200 and logged.status < 300,
    body = logged.body,
    headers = logged.headers,
    data = data,
  }
end

local function step(name, method, url, options)
  local chat = current.get() or error(name .. " works only while a chat is running", 2)
  if chat.light then error(name .. " cannot be used in an event's handler; send to a webhook", 2) end
  local request = request_of(name, method, url, options)
  local repeatable = method == "GET" or options.idempotent
  local detail = request.body == "" and url or url .. " " .. request.body
  return result((outside.step(chat, name, repeatable, function() return request end, detail)))
end

function fetch.get(url, options) return step("http.get", "GET", url, options or {}) end

function fetch.post(url, options) return step("http.post", "POST", url, options or {}) end

return fetch
