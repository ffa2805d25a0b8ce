-- Uploads of visitors and the way back to them. Runs in the system state: it
-- finds the bot; the tenant's own actors decide (prelude/files).
local host = require "host"
local json = require "json"
local problem = require "prelude.problem"
local query_text = require "api.query_text"
local text = require "lib.text"

local api = {}

local function missing(exchange, title) problem.respond(exchange, 404, "not_found", title) end

-- POST /v1/chat/files: the body is the file, and is stored already
function api.upload(exchange, request, bot)
  local conversation = request.params.conversation or ""
  if not string.find(conversation, "^conv_%w+$") or #conversation ~= 31 then
    return missing(exchange, "There is no such conversation.")
  end
  local stored = request.file
  stored.title = query_text.unescape(request.headers["x-file-name"] or "") or ""
  host.forward(
    exchange,
    bot.tenant,
    "conversation",
    conversation,
    json.encode {
      visitor = string.match(request.headers.authorization or "", "^[Bb]earer (%S+)$"),
      site = request.site,
      bot = bot.id,
      bot_key = request.params.bot,
      settings = { files = bot.settings.files },
      locale = text.language(request.params.locale, bot.settings.locales or {}) or bot.locale,
      cid = request.headers["idempotency-key"],
      file = stored,
    }
  )
end

-- GET /v1/chat/files: an image in a page brings no Origin and no token; the
-- key in its address is the right to see it.
function api.fetch(exchange, request, bot)
  local params = request.params
  local thumb = params.thumb == "1"
  host.forward(
    exchange,
    bot.tenant,
    "file",
    host.new_id "req",
    json.encode { id = params.id, bot = bot.id, key = params.key, thumb = thumb }
  )
end

return api
