-- Files that visitors send: what is allowed, their rows and the blocks that
-- show them. The bytes were stored and hashed by the host
-- before anything here runs; they stay only if the upload is answered 201.
-- A file becomes a message of its visitor, in the same turn as its row, so no
-- file is ever without a message.
--
-- For scripts (chat:ask_file) an input of type "file" carries input.file:
--   { id, title, type, size, width, height, url }
-- On a stage (screenplays, rehearsals) no bytes are sent: the frame says what
-- the file would have been, and the input has that as input.sent.
local host = require "host"
local json = require "json"
local plan = require "prelude.plan"
local problem = require "prelude.problem"
local stored_files = require "prelude.stored_files"
local text = require "lib.text"

local files = {}

local MB <const> = 1024 * 1024
local TITLE_MAX <const> = 120 -- characters
local CID_MAX <const> = 64
local SIDE <const> = 320 -- of small pictures
local IN_CONVERSATION <const> = 50
local TYPES = json.array { "image/*", "application/pdf", "text/plain" }

-- Never, whatever a client's list says: a browser or a system would run them.
local REFUSED = { ["text/html"] = true, ["application/x-executable"] = true, ["application/x-script"] = true }

-- A name that is safe to show and to save under: no path, no control
-- characters, no direction marks, an extension that does not lie about pictures.
function files.title(given)
  local s = type(given) == "string" and utf8.len(given) and given or ""
  s = string.match(s, "[^/\\]*$")
  s = string.gsub(s, '[%c"<>|:*?]', " ")
  s = string.gsub(s, "\226\128[\142\143\168-\174]", "") -- U+200E, 200F, 2028 to 202E
  s = string.gsub(s, "\226\129[\166-\169]", "") -- U+2066 to 2069
  s = string.gsub(string.gsub(s, "^[%s.]+", ""), "%s+$", "")
  return s ~= "" and text.cut(s, TITLE_MAX) or "file"
end

local function allows(types, kind)
  if REFUSED[kind] then return false end
  for _, allowed in ipairs(types) do
    if allowed == kind then return true end
    local family = string.match(allowed, "^(%l+/)%*$")
    if family and string.sub(kind, 1, #family) == family then return true end
  end
  return false
end

-- What a bot takes, by its settings and the account's plan: { bytes, types }.
-- nil when it takes none: its list of types is empty.
function files.rules(settings)
  local own = type(settings.files) == "table" and settings.files or {}
  local types = own.types or TYPES
  if not types[1] then return nil end
  local most = plan.limit "file_mb"
  return { bytes = math.min(own.max_mb or most, most) * MB, types = types }
end

local function refuse(exchange, status, code, title)
  problem.respond(exchange, status, code, title)
  return nil
end

local function busy(exchange)
  problem.respond(exchange, 503, "unavailable", "Please try again.", { ["retry-after"] = "2" })
  return nil
end

-- Room for it in the conversation and in the account? Answers when not.
local function has_room(self, exchange, rule, size)
  if size == 0 then return refuse(exchange, 422, "empty", "This file is empty.") end
  if size > rule.bytes then
    local title = ("This file is too large; %d MB are possible."):format(rule.bytes // MB)
    return refuse(exchange, 413, "too_large", title)
  end
  local used = host.query "file.usage"
  local here = used and host.query("file.count_in", self.k)
  if not here then return busy(exchange) end
  if here[1].files >= IN_CONVERSATION then
    return refuse(exchange, 429, "too_many_files", "There are too many files in this conversation.")
  end
  if used[1].bytes + size > plan.limit "files_mb" * MB then
    return refuse(exchange, 507, "quota_reached", "No more files can be taken at the moment.")
  end
  return true
end

-- What it is, by its bytes; answers the exchange when it is nothing we take.
local function look(exchange, rule, name)
  local rows = host.look(name, SIDE)
  local seen = rows and rows[1]
  if not seen then return busy(exchange) end
  if seen.code == "invalid" then
    return refuse(exchange, 422, "bad_file", "This file could not be read. Is it damaged?")
  end
  if seen.code then return busy(exchange) end
  if not allows(rule.types, seen.type) then
    return refuse(exchange, 415, "type_not_allowed", "Files of this type are not taken.")
  end
  return seen
end

local function url(file, conversation)
  return "/v1/chat/files?bot="
    .. file.bot_key
    .. "&id="
    .. file.id
    .. "&key="
    .. stored_files.key(file.id, conversation)
end

local function blocks(self, file)
  local link = url(file, self.k)
  local image = string.find(file.type, "^image/") ~= nil
  return json.encode(json.array {
    {
      kind = image and "image" or "file",
      text = file.title,
      url = link,
      thumb = file.thumb and link .. "&thumb=1" or nil,
      width = image and file.width or nil,
      height = image and file.height or nil,
      id = file.id,
      name = file.title,
      type = file.type,
      size = file.size,
    },
  })
end

-- An upload for this conversation whose sender was admitted: the input, or
-- nil when the exchange is answered.
function files.take(self, exchange, post)
  local cid, stored = post.cid, post.file
  if type(cid) ~= "string" or cid == "" or #cid > CID_MAX then
    return refuse(exchange, 422, "bad_cid", "An upload needs an Idempotency-Key of 1 to 64 characters.")
  end
  local rule = files.rules(post.settings or {})
  if not rule then return refuse(exchange, 403, "files_not_taken", "This bot takes no files.") end
  if not has_room(self, exchange, rule, stored.size) then return nil end
  local seen = look(exchange, rule, stored.name)
  if not seen then return nil end
  local file = {
    id = host.new_id "file",
    name = stored.name,
    sha256 = stored.sha256,
    size = stored.size,
    title = files.title(stored.title),
    type = seen.type,
    width = seen.width,
    height = seen.height,
    thumb = seen.thumb == 1,
    bot_key = post.bot_key,
  }
  file.url = url(file, self.k)
  return { type = "file", cid = cid, file = file, shown = file.title, blocks = blocks(self, file) }
end

-- What a recording keeps of a file.
function files.recorded(file)
  return {
    id = file.id,
    title = file.title,
    type = file.type,
    size = file.size,
    width = file.width,
    height = file.height,
    url = file.url,
  }
end

-- A file as a stage's visitor sends it.
function files.read_on_stage(frame)
  local file = frame.file
  if type(file) ~= "table" then return nil, "a file frame needs a file", "bad_frame" end
  frame.sent, frame.file = files.recorded(file), nil
  frame.sent.id = file.id or host.new_id "file"
  frame.name = frame.sent.title
  return frame
end

-- The row, in the turn that accepts the input as message seq.
function files.store(self, file, seq, now)
  host.write(
    "file.insert",
    file.id,
    self.k,
    self.b,
    self.v,
    seq,
    file.name,
    file.title,
    file.type,
    file.size,
    file.sha256,
    file.width,
    file.height,
    file.thumb and 1 or 0,
    now
  )
end

-- The answer to the upload.
function files.respond(input, seq)
  host.respond(
    input.exchange,
    201,
    { ["content-type"] = "application/json", ["access-control-allow-origin"] = "*" },
    '{"type":"ack","cid":'
      .. json.encode(input.cid)
      .. ',"seq":'
      .. seq
      .. ',"file":{"id":"'
      .. input.file.id
      .. '"},"blocks":'
      .. input.blocks
      .. "}"
  )
end

return files
