-- Whoever follows a link of a mail: an actor for each request, in the state of
-- the client whose mail it was. A look (GET) changes nothing, for mail programs
-- and scanners follow links by themselves; the button or a one-click request
-- (RFC 8058) does.
local host = require "host"
local json = require "json"
local business = require "prelude.business"
local html = require "mail.html"
local links = require "mail.links"
local render = require "mail.render"
local stops = require "mail.stops"
local transcripts = require "mail.transcripts"

local letterbox = {}

function letterbox.new(kind) return { kind = kind } end

local HEADERS = {
  ["content-type"] = "text/html; charset=utf-8",
  ["content-security-policy"] = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    .. "frame-ancestors 'none'",
  ["referrer-policy"] = "no-referrer",
  ["cache-control"] = "no-store",
  ["x-robots-tag"] = "noindex",
}

local function page(exchange, status, language, view)
  view.subject = view.title
  local text = html.render(view, { code = language, rtl = render.is_rtl(language) })
  host.respond(exchange, status, HEADERS, text)
end

local function gone(exchange, request)
  local language = render.language(request.language)
  page(exchange, 404, language, {
    from = "",
    title = render.say(language, "gone_title"),
    intro = { render.say(language, "gone_intro") },
  })
end

local function away(exchange)
  host.respond(
    exchange,
    503,
    { ["retry-after"] = "2", ["content-type"] = "text/plain" },
    "Please try again.\n"
  )
end

local function lost(exchange, request, code)
  if code == "not_found" then return gone(exchange, request) end
  return away(exchange)
end

local function business_name(bot)
  local entry = bot and business.of(bot)
  if entry then return entry.name end
  local rows = host.query "tenant.get"
  return rows and rows[1] and rows[1].name or ""
end

local pages = {}

function pages.stop(exchange, request, id, kind)
  if not stops.kinds[kind] then return gone(exchange, request) end
  local found, _, code = stops.find(id, kind)
  if not found then return lost(exchange, request, code) end
  local done = request.method == "POST"
  if done then found.act(host.now()) end
  local name = done and "stopped" or "stop"
  page(exchange, 200, found.language, {
    from = business_name(),
    title = render.say(found.language, name .. "_title"),
    intro = { render.say(found.language, name .. "_intro", found.address, found.kind) },
    form = not done and { label = render.say(found.language, "stop_button") } or nil,
  })
end

function pages.transcript(exchange, request, id)
  local row, _, code = transcripts.confirmation(id)
  if not row then return lost(exchange, request, code) end
  local done = request.method == "POST"
  if done then transcripts.send(row, host.now()) end
  local name, language = business_name(row.bot), row.language
  page(exchange, 200, language, {
    from = name,
    title = render.say(language, done and "sent_title" or "send_title"),
    intro = {
      done and render.say(language, "sent_intro", row.address)
        or render.say(language, "send_intro", name, row.address),
    },
    form = not done and { label = render.say(language, "confirm_button") } or nil,
  })
end

-- payload: JSON { action, method, rest, language }, from api/mail_routes
function letterbox.deliver(_, kind, exchange, payload)
  if kind == "failed" then
    if exchange then away(exchange) end
  elseif kind == "post" then
    local request = json.decode(payload)
    local id, what = links.read(request.action, request.rest)
    if id then
      pages[request.action](exchange, request, id, what)
    else
      gone(exchange, request)
    end
  end
  host.stop()
end

return letterbox
