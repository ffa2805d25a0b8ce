-- The full-page chat: /chat/<public key or slug>. The page is a template of
-- the widget's build; what a link preview reads stands in it, for crawlers run
-- no scripts. Which pages may frame it is the bot's own list of domains.
local host = require "host"
local bots = require "api.bots"
local no_chat = require "lib.no_chat"
local text = require "lib.text"

local page = {}

local DESCRIPTION_MAX = 200 -- characters

local POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
  .. "img-src 'self' data: https:; form-action 'none'; base-uri 'none'; "
  .. "require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors "

local NOSCRIPT = { en = "This chat needs JavaScript.", de = "Dieser Chat braucht JavaScript." }

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(s) return (string.gsub(s, "[&<>\"']", ENTITIES)) end

-- A listed name matches on any port, as it does for the Origin header.
local function ancestors(bot)
  local list = {}
  for _, domain in ipairs(bot and bot.domains or {}) do
    if string.find(domain, "^[%w%.%-%*]+$") then list[#list + 1] = domain .. ":*" end
  end
  return list[1] and table.concat(list, " ") or "'none'"
end

-- The first language of the header that the bot speaks, else its own.
local function locale_of(bot, header)
  for tag in string.gmatch(header or "", "[%a%-]+") do
    local found = text.language(tag, bot.settings.locales or {})
    if found then return found end
  end
  return bot.locale
end

-- A preview's line without content says nothing, so it goes.
local function fill(values)
  local filled = string.gsub(
    host.setting "widget_page" or "",
    "{(%a+)}",
    function(name) return escape(values[name] or "") end
  )
  return (string.gsub(filled, '<meta [^\n]*content=""[^\n]*\n', ""))
end

-- The first language of the header in which there are words for it.
local function absent(header)
  for tag in string.gmatch(header or "", "[%a%-]+") do
    local language = string.lower(string.match(tag, "^%a+"))
    if no_chat[language] then return language, no_chat[language] end
  end
  return "en", no_chat.en
end

local function respond(exchange, status, bot, values)
  host.respond(exchange, status, {
    ["content-type"] = "text/html; charset=utf-8",
    ["content-security-policy"] = POLICY .. ancestors(bot),
    ["referrer-policy"] = "strict-origin-when-cross-origin",
    ["permissions-policy"] = "camera=(), geolocation=(), microphone=(), payment=()",
    ["cross-origin-opener-policy"] = "same-origin",
    ["cache-control"] = "no-cache",
    ["vary"] = "accept-language",
  }, fill(values))
end

-- GET /chat/{name}
function page.show(exchange, request)
  local bot, _, code = bots.named(request.name)
  if not bot then
    local status = code == "not_found" and 404 or 503
    local language, words = absent(request.headers["accept-language"])
    return respond(exchange, status, nil, {
      lang = language,
      title = status == 404 and words or "Chat",
      bot = "",
      noscript = status == 404 and words or NOSCRIPT.en,
    })
  end
  local locale = locale_of(bot, request.headers["accept-language"])
  respond(exchange, 200, bot, {
    lang = locale,
    title = bot.name,
    description = text.cut(text.pick(bot.settings.greeting, locale) or "", DESCRIPTION_MAX),
    image = bot.settings.theme and bot.settings.theme.logo,
    bot = bot.key,
    noscript = text.pick(NOSCRIPT, locale),
  })
end

return page
