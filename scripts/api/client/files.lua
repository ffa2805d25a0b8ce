-- /v1/files: what visitors have sent.
local host = require "host"
local json = require "json"
local pages = require "api.pages"
local resource = require "api.resource"
local shapes = require "api.shapes"
local stored_files = require "prelude.stored_files"

local function size(description) return { type = "integer", description = description } end

local schema = shapes.object {
  id = shapes.id "file",
  conversation = shapes.id "conv",
  bot = shapes.id "bot",
  visitor = shapes.id "vis",
  seq = size "Number of the message in its conversation",
  name = shapes.text(121, { description = "As its sender called it, made harmless" }),
  type = shapes.text(63, { description = "Told by its bytes" }),
  size = size "Bytes",
  sha256 = shapes.text(64),
  width = shapes.maybe(size "Of an image, pixels"),
  height = shapes.maybe(size()),
  thumbnail = { type = "boolean", description = "There is a small picture" },
  created_at = shapes.time(),
}

local function show(row)
  local image = row.width > 0
  return {
    id = row.id,
    conversation = row.conversation,
    bot = row.bot,
    visitor = row.visitor,
    seq = row.seq,
    name = row.title,
    type = row.type,
    size = row.size,
    sha256 = row.sha256,
    width = image and row.width or json.null,
    height = image and row.height or json.null,
    thumbnail = row.thumb == 1,
    created_at = host.rfc3339(row.created_at),
  }
end

local function list(request)
  local rows, message, code =
    host.query("file.list", request.after or "~", request.query.conversation, request.query.limit + 1)
  if not rows then return nil, message, code end
  return pages.answer(request, rows, show, function(row) return row.id end)
end

local function get(request)
  local row, message, code = resource.one("file.get", request.path.file)
  if not row then return nil, message, code end
  return 200, show(row)
end

-- Only this tenant's rows are found, so only its files are named.
local function content(request)
  local row, message, code = resource.one("file.get", request.path.file)
  if not row then return nil, message, code end
  local headers = stored_files.headers(row)
  headers["content-type"] = "application/octet-stream" -- what it is, says the row; nobody shall show it by mistake
  return 200, "", headers
end

local function thumbnail(request)
  local row, message, code = resource.one("file.get", request.path.file)
  if not row then return nil, message, code end
  if row.thumb ~= 1 then return nil, nil, "not_found" end
  return 200, "", stored_files.headers(row, true)
end

local function delete(request)
  local row, message, code = resource.one("file.get", request.path.file)
  if not row then return nil, message, code end
  host.write("file.delete", row.id)
  stored_files.drop(row)
  return 204
end

local PATH = "/v1/files/{file}"

return {
  {
    method = "GET",
    path = "/v1/files",
    scope = "files:read",
    summary = "Files that visitors sent, newest first",
    query = { conversation = shapes.id "conv" },
    list = true,
    responses = { [200] = { description = "Files", schema = pages.schema(schema) } },
    run = list,
  },
  {
    method = "GET",
    path = PATH,
    scope = "files:read",
    summary = "What is known of one file",
    responses = { [200] = { description = "The file", schema = schema } },
    run = get,
  },
  {
    method = "GET",
    path = PATH .. "/content",
    scope = "files:read",
    summary = "The file itself",
    description = "Always as an attachment, with `nosniff` and a policy under which no script runs: "
      .. "a stranger made it.",
    responses = { [200] = { description = "Its bytes", media = "application/octet-stream" } },
    run = content,
  },
  {
    method = "GET",
    path = PATH .. "/thumbnail",
    scope = "files:read",
    summary = "A small picture of an image",
    description = "Made by the server; at most 320 pixels on its longer side.",
    responses = { [200] = { description = "The picture", media = "image/webp" } },
    run = thumbnail,
  },
  {
    method = "DELETE",
    path = PATH,
    scope = "files:write",
    summary = "Deletes a file for good; its message stays",
    responses = { [204] = { description = "It is gone" } },
    run = delete,
  },
}
