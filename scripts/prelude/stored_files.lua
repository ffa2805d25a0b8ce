-- Files that are stored: fetched by whoever has their address, deleted. What
-- comes in is prelude/files' matter.
local host = require "host"
local problem = require "prelude.problem"
local text = require "lib.text"

local stored = {}

-- The key in an address: made for this file and its conversation, and only
-- their messages carry it. It holds as long as the file is there.
function stored.key(id, conversation) return host.sign("file", id .. "/" .. conversation) end

-- The bytes of a row go once the turn that deletes it is committed.
function stored.drop(row)
  host.drop_file(row.name)
  host.drop_file(row.name .. ".t")
end

-- Of an answer that is the file of a row. A stranger made it: it is saved, not
-- shown, its type is not guessed, and nothing in it runs, whatever a browser does with it.
function stored.headers(row, thumb)
  local plain = string.gsub(row.title, "[^%w%.%-_ ]", "_")
  return {
    ["@file"] = thumb and row.name .. ".t" or row.name,
    ["content-type"] = thumb and "image/webp" or row.type,
    ["content-disposition"] = thumb and "inline"
      or 'attachment; filename="' .. plain .. "\"; filename*=UTF-8''" .. text.percent(row.title),
    ["content-security-policy"] = "sandbox; default-src 'none'",
    ["referrer-policy"] = "no-referrer",
  }
end

-- Answers a request for a file: the key was made by stored.key.
function stored.serve(exchange, ask)
  local rows = host.query("file.get", ask.id)
  local row = rows and rows[1]
  if not rows then
    return problem.respond(exchange, 503, "unavailable", "Please try again.", { ["retry-after"] = "2" })
  end
  local known = row
    and type(ask.key) == "string"
    and host.verify("file", row.id .. "/" .. row.conversation, ask.key)
  if not known or row.bot ~= ask.bot or (ask.thumb and row.thumb ~= 1) then
    return problem.respond(exchange, 404, "not_found", "There is no such file.")
  end
  local headers = stored.headers(row, ask.thumb)
  headers["cross-origin-resource-policy"] = "cross-origin"
  headers["cache-control"] = "private, max-age=86400, immutable"
  host.respond(exchange, 200, headers, "")
end

return stored
