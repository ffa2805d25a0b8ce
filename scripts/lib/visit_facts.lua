-- What may be known of a visit, made of what a browser says of itself: values of
-- small lists, numbers and names without anything personal in them. What goes
-- in here is never kept or logged as it came. Pure.
local visit_facts = {}

-- Levels of tracking: what a bot's settings ask for, and a plan allows.
visit_facts.levels = { none = 0, basic = 1, deep = 2 }
local BASIC <const> = 1

local URL_MAX <const>, PATH_MAX <const>, VALUE_MAX <const> = 2000, 200, 60

-- In this order: most say that they are Chrome or Safari, too.
local BROWSERS = {
  { "Edge", "Edg[A-Za-z]*/(%d+)" },
  { "Opera", "OPR/(%d+)" },
  { "Samsung Internet", "SamsungBrowser/(%d+)" },
  { "Firefox", "Firefox/(%d+)" },
  { "Firefox", "FxiOS/(%d+)" },
  { "Chrome", "CriOS/(%d+)" },
  { "Chrome", "Chrome/(%d+)" },
  { "Safari", "Version/(%d+).*Safari/" },
}

local SYSTEMS = {
  { "Windows", "Windows" },
  { "Android", "Android" },
  { "iOS", "iP[hao][ond]" },
  { "ChromeOS", "CrOS" },
  { "macOS", "Mac OS X" },
  { "Linux", "Linux" },
}

local function device_of(agent)
  if string.find(string.lower(agent), "bot%f[%A]") or string.find(agent, "[Cc]rawler") then return "robot" end
  if string.find(agent, "iPad", 1, true) or string.find(agent, "Tablet", 1, true) then return "tablet" end
  if string.find(agent, "Mobi", 1, true) then return "phone" end
  return string.find(agent, "Android", 1, true) and "tablet" or "desktop"
end

-- The User-Agent header: { browser, version, os, device }.
function visit_facts.agent(header)
  local agent = type(header) == "string" and string.sub(header, 1, 500) or ""
  local found = { browser = "other", os = "other", device = device_of(agent) }
  for _, entry in ipairs(BROWSERS) do
    local version = string.match(agent, entry[2])
    if version then
      found.browser, found.version = entry[1], math.tointeger(tonumber(string.sub(version, 1, 4)))
      break
    end
  end
  for _, entry in ipairs(SYSTEMS) do
    if string.find(agent, entry[2]) then
      found.os = entry[1]
      break
    end
  end
  return found
end

-- A part of a path that may say who somebody is: an address, a long number, a key.
local function is_personal(part)
  return string.find(part, "@", 1, true)
    or string.find(part, "%%")
    or string.find(part, "%d%d%d%d%d%d%d")
    or (#part >= 20 and string.find(part, "%d") and not string.find(part, "%-"))
    or #part > VALUE_MAX
end

local function masked_path(path)
  path = string.gsub(path, "[^/]+", function(part) return is_personal(part) and "*" or part end)
  return string.sub(path, 1, PATH_MAX)
end

local UTM = { "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content" }

local function campaign_of(query)
  local kept = {}
  for _, name in ipairs(UTM) do
    local value = string.match("&" .. query, "&" .. name .. "=([^&]+)")
    if value and #value <= VALUE_MAX and string.find(value, "^[%w_%-%.%+]+$") and not is_personal(value) then
      kept[#kept + 1] = name .. "=" .. value
    end
  end
  return kept[1] and "?" .. table.concat(kept, "&") or ""
end

local function split(url)
  if type(url) ~= "string" or #url > URL_MAX then return nil end
  local scheme, authority, rest = string.match(url, "^(https?)://([^/?#]+)([^#]*)")
  if not scheme or not string.find(authority, "^[%w%.%-%[%]:]+$") then return nil end
  return scheme, string.lower(authority), string.match(rest, "^[^?]*"), string.match(rest, "%?(.*)$") or ""
end

-- The page on which it began: origin and path, and of the query the names of
-- campaigns. Only a page of the website itself: site is the authority of its origin.
function visit_facts.landing(url, site)
  local scheme, authority, path, query = split(url)
  if not scheme or authority ~= site then return nil end
  return scheme .. "://" .. authority .. masked_path(path == "" and "/" or path) .. campaign_of(query)
end

-- Any page's address without what is personal in it; nil when it is none.
function visit_facts.address(url)
  local scheme, authority, path = split(url)
  return scheme and scheme .. "://" .. authority .. masked_path(path)
end

-- The host from whose page the visitor came, if that is another one.
function visit_facts.referrer(url, site)
  local scheme, authority = split(url)
  if not scheme or authority == site then return nil end
  return string.sub(string.match(authority, "^(.-):?%d*$"), 1, 100)
end

-- "1920x1080": which class of screen it is, by its shorter side.
function visit_facts.screen(size)
  local width, height =
    string.match(type(size) == "string" and size or "", "^(%d%d?%d?%d?%d?)x(%d%d?%d?%d?%d?)$")
  if not width then return nil end
  local side = math.min(math.tointeger(tonumber(width)), math.tointeger(tonumber(height)))
  return side < 600 and "small" or side < 900 and "medium" or side < 1300 and "large" or "huge"
end

function visit_facts.language(tag)
  return type(tag) == "string" and string.match(string.lower(tag), "^(%l%l%l?)%f[^%l]") or nil
end

-- The facts that a level allows, of all of them.
function visit_facts.allowed(facts, level)
  if level > BASIC then return facts end
  return { browser = facts.browser, device = facts.device, language = facts.language }
end

return visit_facts
