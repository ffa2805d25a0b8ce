-- The visitors' routes, and what the API's document says of them.
local page = require "api.page"
local shapes = require "api.shapes"
local visitor = require "api.visitor"

local BOT = shapes.text(80, { description = "Public key of the bot: `pk_...`" })
local LOCALE = shapes.text(35, { description = "Language, such as `de` or `de-AT`" })
local CONVERSATION = shapes.id "conv"

-- request: must be in it; the others may.
local function needs(name, ...)
  if not name then return {} end
  local set = needs(...)
  set[name] = true
  return set
end

local FRAME = shapes.anything "One frame, as on the socket."
FRAME.example = { type = "message", cid = "c1", text = "hello" }

local function chat_page(method)
  return {
    method = method,
    path = "/chat/{name}",
    summary = "The full-page chat of a bot, by its public key or slug",
    any_query = true, -- a link is answered whatever was hung on to it
    internal = true,
    run = page.show,
  }
end

return {
  chat_page "GET",
  chat_page "HEAD",
  {
    method = "GET",
    path = "/v1/chat",
    summary = "Opens the chat: WebSocket, subprotocol `azentiko.v1`",
    query = { bot = BOT },
    required = needs "bot",
    responses = {
      [101] = { description = "Switched to WebSocket" },
      [426] = { description = "Not a WebSocket handshake", problem = true },
    },
    run = visitor.connect,
  },
  {
    method = "GET",
    path = "/v1/chat/config",
    summary = "What a page needs to know of a bot before it connects",
    query = { bot = BOT, locale = LOCALE },
    required = needs "bot",
    responses = {
      [200] = {
        description = "Name, languages, theme and greeting",
        schema = shapes.object({ name = shapes.text(120), locale = shapes.text(2) }, {
          locales = shapes.list(shapes.text(2), 20),
          theme = shapes.anything "Colours and logo",
          greeting = shapes.text(500),
        }),
      },
    },
    run = visitor.config,
  },
  {
    method = "GET",
    path = "/v1/chat/events",
    summary = "The chat as an event stream, for where sockets are blocked",
    description = "The query is the hello. Each event's data is a frame of the socket; `Last-Event-ID` resumes.",
    query = {
      bot = BOT,
      visitor = shapes.text(200, { description = "Token of an earlier `ready`" }),
      conversation = CONVERSATION,
      after = { type = "integer", description = "`seq` of the last message seen" },
      locale = LOCALE,
      tz = shapes.text(40, { description = "IANA time zone" }),
    },
    required = needs "bot",
    responses = { [200] = { description = "The stream", media = "text/event-stream" } },
    run = visitor.events,
  },
  {
    method = "POST",
    path = "/v1/chat/messages",
    summary = "Sends one frame to a conversation",
    description = "With `Authorization: Bearer <visitor token>`; `Idempotency-Key` is the frame's `cid`.",
    query = { bot = BOT, conversation = CONVERSATION, locale = LOCALE },
    required = needs("bot", "conversation"),
    body = FRAME,
    responses = {
      [200] = {
        description = "The frame's acknowledgement",
        schema = shapes.object { type = shapes.text(10), cid = shapes.text(64), seq = { type = "integer" } },
      },
      [202] = { description = "Taken; signals are not answered" },
      [401] = { description = "The token is not one of this bot", problem = true },
      [413] = { description = "Too long", problem = true },
      [422] = { description = "Not a frame, or a form with faults", problem = true },
    },
    run = visitor.post,
  },
  {
    method = "GET",
    path = "/v1/test/chat",
    summary = "Test mode only: a conversation without hello",
    query = { bot = BOT, durable = shapes.text(1) },
    required = needs "bot",
    responses = {
      [101] = { description = "Switched to WebSocket" },
      [426] = { description = "Not a WebSocket handshake", problem = true },
    },
    internal = true, -- not in the document
    run = visitor.test,
  },
}
