-- Routes of people who answer chats: schema/agent-channel.md describes them.
local agent = require "api.agent"
local shapes = require "api.shapes"

return {
  {
    method = "GET",
    path = "/v1/agent",
    summary = "Opens the agent channel: WebSocket, subprotocol `azentiko.v1`",
    query = { ticket = shapes.text(2000, { description = "For browsers, which cannot send the key" }) },
    required = {},
    responses = { [101] = { description = "Switched to WebSocket" } },
    internal = true, -- not in the HTTP API's document
    run = agent.connect,
  },
  {
    method = "POST",
    path = "/v1/agent/tickets",
    summary = "A ticket for the agent channel",
    query = {},
    required = {},
    responses = { [201] = { description = "{ ticket, expires_in }" } },
    internal = true,
    run = agent.ticket,
  },
}
