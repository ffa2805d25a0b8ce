-- The addresses that links of mails lead to. In the system state: the link
-- names the account, whose own state checks the rest (actors/letterbox).
local host = require "host"
local json = require "json"
local links = require "mail.links"
local problem = require "prelude.problem"
local shapes = require "api.shapes"

local TOKEN = shapes.text(300, { description = "What the link says: made and signed by the server" })

local function gone(exchange) problem.refuse(exchange, 404, "not_found", "This link is not valid.") end

local function run(action)
  return function(exchange, request)
    local account, rest = links.split(request.params.t)
    if not account then return gone(exchange) end
    local rows = host.query("tenant.by_public_id", account)
    if not rows then
      return problem.refuse(exchange, 503, "unavailable", "Please try again.", { ["retry-after"] = "2" })
    end
    if not rows[1] then return gone(exchange) end
    local payload = json.encode {
      action = action,
      method = request.method,
      rest = rest,
      language = string.sub(request.headers["accept-language"] or "", 1, 40),
    }
    host.forward(exchange, rows[1].id, "letterbox", host.new_id "req", payload)
  end
end

local function route(method, path, action, summary, description)
  return {
    method = method,
    path = path,
    summary = summary,
    description = description,
    query = { t = TOKEN },
    required = { t = true },
    responses = {
      [200] = { description = "A page", media = "text/html" },
      [404] = { description = "Not a link of ours, or too old", media = "text/html" },
    },
    run = run(action),
  }
end

return {
  route("GET", "/v1/mail/stop", "stop", "Asks whether mails of a kind shall stop", "Changes nothing."),
  route(
    "POST",
    "/v1/mail/stop",
    "stop",
    "Stops mails of one kind to one address",
    "RFC 8058: the address of `List-Unsubscribe`, for one click. Again it changes nothing."
  ),
  route(
    "GET",
    "/v1/mail/transcript",
    "transcript",
    "Asks whether a transcript shall be sent",
    "Changes nothing."
  ),
  route(
    "POST",
    "/v1/mail/transcript",
    "transcript",
    "Sends the transcript to the address that its link was sent to",
    "Once, however often it is called."
  ),
}
