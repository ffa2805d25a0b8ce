-- The `http` module: see prelude/signature for what an entry holds. Data only.
return {
  area = "http",
  title = "HTTP",
  call = "http.",
  module = "http",
  doc = "Requests to public addresses. A request is a step: it is made once, although the code may run again, and its answer is kept. What "
    .. "the dialog has said and stored so far is durable before the request leaves. If the server ends in the middle of a request, "
    .. 'it is made again only when that does no harm: a GET, or `idempotent = true`; otherwise the result is `nil, message, "unknown"`. '
    .. "Not in an event's handler.",
  types = {
    GetOptions = {
      fields = {
        { "headers", "table?", "texts by name, 20 at most" },
        { "timeout", "period?", '`"10s"`, at most `"30s"`' },
      },
    },
    PostOptions = {
      extends = "GetOptions",
      fields = {
        { "json", "any?", "sent as JSON" },
        { "body", "string?", "sent as it is" },
        {
          "idempotent",
          "boolean?",
          "true: the other side does nothing twice, so the request may be repeated",
        },
      },
    },
    Response = {
      doc = "An answer, whatever its status.",
      fields = {
        { "status", "integer", "`200`" },
        { "ok", "boolean", "the status is 200 to 299" },
        { "body", "string", "at most 32 KiB" },
        { "headers", "table", "by lower-case name" },
        { "data", "any", "the body when it is JSON, else nil" },
      },
    },
  },
  functions = {
    {
      name = "get",
      params = { { "url", "string", "an address with https://" }, { "options", "GetOptions?", "" } },
      returns = {
        { "Response?", "nil when there was no answer" },
        { "string?", "why" },
        { "string?", "a code: `timeout`, `unavailable`, …" },
      },
      short = "Gets what is at an address.",
      errors = { "the address is not one, or not public" },
      limits = "10 requests a turn, 30 s, 32 KiB",
      example = [[
local http = require "http"
local answer, why = http.get "https://shop.example/orders/7"
if answer and answer.ok then
  chat:say("Your order is %s.", answer.data.status)
else
  chat:say "I cannot look that up right now."
  require("log").warn("orders: %s", why or answer.status)
end]],
      web = { status = 200, body = '{"status":"on its way"}' },
      talk = { "Your order is on its way." },
    },
    {
      name = "post",
      params = { { "url", "string", "an address with https://" }, { "options", "PostOptions?", "" } },
      returns = {
        { "Response?", "nil when there was no answer" },
        { "string?", "why" },
        { "string?", "a code: `timeout`, `unknown`, …" },
      },
      short = "Sends to an address and waits for the answer.",
      doc = "For what need not be answered at once use a webhook: it is signed and retried for days.",
      errors = { "the address is not one, or not public" },
      limits = "10 requests a turn, 30 s, 32 KiB each way",
      example = [[
local http = require "http"
local answer, _, code = http.post("https://shop.example/orders", { json = { dish = "soup" } })
if answer and answer.ok then
  chat:say("Your order has number %d.", answer.data.number)
elseif code == "unknown" then
  chat:say "I am not sure whether that worked. Somebody will look into it."
else
  chat:say "That did not work."
end]],
      web = { status = 201, body = '{"number":8}' },
      talk = { "Your order has number 8." },
    },
  },
}
