-- The visitors' routes, and what the API's document says of them. Each is run
-- for websites that the bot allows, and gets that bot (api/visitor.admit). A
-- route that has to be reached by everybody says open; one that a page shows as
-- an image or link, for which browsers name no origin, says embedded.
local files = require "api.files"
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
    open = true, -- the page is ours; who may frame it stands in its policy
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
      consent = shapes.text(
        1,
        { description = "`1`: the visitor agrees to being tracked, see docs/privacy.md" }
      ),
      user = shapes.text(
        200,
        { description = "The client's id of its user, with its signature: see docs/widget.md" }
      ),
      hash = shapes.text(64),
      expires = { type = "integer", description = "Unix seconds until which the signature is good" },
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
    method = "POST",
    path = "/v1/chat/files",
    summary = "Sends a file into a conversation, as a message of its visitor",
    description = "The body is the file, at most 25 MiB, with `Authorization: Bearer <visitor token>`. "
      .. "`Idempotency-Key` is the message's `cid`, `X-File-Name` its name, percent-encoded. What it is, "
      .. "is told by its bytes, not by its name or `Content-Type`.",
    query = { bot = BOT, conversation = CONVERSATION, locale = LOCALE },
    required = needs("bot", "conversation"),
    responses = {
      [200] = { description = "The acknowledgement of a file that was sent before with this key" },
      [201] = {
        description = "The acknowledgement, with the blocks of the message",
        schema = shapes.object(
          { type = shapes.text(10), cid = shapes.text(64), seq = { type = "integer" } },
          {
            file = shapes.object { id = shapes.id "file" },
            blocks = shapes.anything "One block `image` or `file`",
          }
        ),
      },
      [401] = { description = "The token is not one of this bot", problem = true },
      [403] = { description = "This bot takes no files", problem = true },
      [413] = { description = "Too large", problem = true },
      [415] = { description = "Not a type that this bot takes", problem = true },
      [422] = {
        description = "Empty, damaged, an image with too many pixels, or without a key",
        problem = true,
      },
      [507] = { description = "No room", problem = true },
    },
    run = files.upload,
  },
  {
    method = "GET",
    path = "/v1/chat/files",
    summary = "A file of a conversation; its blocks carry this address",
    embedded = true, -- the key in its address is the right to see it
    query = {
      bot = BOT,
      id = shapes.id "file",
      key = shapes.text(60, { description = "The right to see it, made by the server" }),
      thumb = shapes.text(1, { description = "`1`: an image's small picture" }),
    },
    required = needs("bot", "id", "key"),
    responses = {
      [200] = { description = "The file, as an attachment", media = "application/octet-stream" },
      [404] = { description = "No such file, or not with this key", problem = true },
    },
    run = files.fetch,
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
