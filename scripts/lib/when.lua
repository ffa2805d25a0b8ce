-- The conditions of a declaration: `when = "open"` or a table of several that
-- must all hold. Checked where they are written, compiled once, and then asked
-- with facts; what the facts are is prelude/conditions'. Pure.
local kinds = require "lib.followup_kinds"
local time = require "lib.time"

local when = {}

local LIST_MAX <const>, PAGE_MAX <const> = 20, 200

-- "09:00-17:30" -> { 540, 1050 }; past midnight when it ends before it begins.
local function span(value)
  local from, to = string.match(value, "^(%d%d?:%d%d)%s*%-%s*(%d%d?:%d%d)$")
  from, to = from and time.parse_clock(from), to and time.parse_clock(to)
  if not from or not to or from == to then return nil end
  return { from, to > from and to or to + 1440 }
end

local function one_of(names)
  local set = {}
  for _, name in ipairs(names) do
    set[name] = true
  end
  return function(value) return set[value] == true end
end

local LEAD = { "none", "any" }
table.move(kinds.lead.statuses, 1, #kinds.lead.statuses, 3, LEAD)

-- condition -> { test of one value, what an author reads }
local conditions = {
  pages = {
    function(v) return v ~= "" and #v <= PAGE_MAX and string.find(v, "^[%w%.%-%*/]") ~= nil end,
    "addresses such as '/shop/*' or 'www.example.com/*'",
  },
  hours = {
    function(v) return v == "open" or v == "closed" or span(v) ~= nil end,
    "'open', 'closed' or times such as '09:00-17:30'",
  },
  languages = {
    function(v) return string.find(v, "^%l%l$") ~= nil end,
    "languages such as 'en'",
  },
  lead = { one_of(LEAD), "one of '" .. table.concat(LEAD, "', '") .. "'" },
  visitor = { one_of { "new", "known" }, "'new' or 'known'" },
  status = { one_of { "bot", "waiting", "human", "closed" }, "one of 'bot', 'waiting', 'human', 'closed'" },
}
when.names = { "pages", "hours", "languages", "lead", "visitor", "status" }
when.known = conditions

-- A single value stands for a list of one.
local function list_of(value) return type(value) == "table" and value or { value } end

local function is_list(value)
  if type(value) == "string" then return true end
  if type(value) ~= "table" or #value == 0 or #value > LIST_MAX then return false end
  for i in pairs(value) do
    if math.type(i) ~= "integer" then return false end
  end
  return true
end

-- Visits what is wrong with a declaration's `when`: report(condition or nil,
-- text of what is wanted). Unknown conditions are reported with no text.
function when.check(value, report)
  if value == "open" or value == "closed" then return end
  if type(value) ~= "table" or next(value) == nil then
    return report(nil, "'open', 'closed' or a table such as { pages = '/shop/*' }")
  end
  for name, given in pairs(value) do
    local condition = conditions[name]
    if not condition then
      report(tostring(name), nil)
    elseif not is_list(given) then
      report(name, condition[2])
    else
      for _, entry in ipairs(list_of(given)) do
        if type(entry) ~= "string" or not condition[1](entry) then
          report(name, condition[2])
          break
        end
      end
    end
  end
end

local function set_of(values)
  local set = {}
  for _, value in ipairs(values) do
    set[value] = true
  end
  return set
end

-- The form that is asked: { pages = patterns, state, spans, languages = set, ... }
function when.compile(value)
  if type(value) == "string" then return { state = set_of { value } } end
  local compiled = {}
  for name, given in pairs(value) do
    if name == "pages" then
      compiled.pages = list_of(given)
    elseif name == "hours" then
      for _, entry in ipairs(list_of(given)) do
        local between = span(entry)
        if between then
          compiled.spans = compiled.spans or {}
          table.insert(compiled.spans, between)
        else
          compiled.state = compiled.state or {}
          compiled.state[entry] = true
        end
      end
    else
      compiled[name] = set_of(list_of(given))
    end
  end
  return compiled
end

-- Does s fit a pattern in which * stands for anything? Steps are bounded by
-- the product of the lengths, which are.
local function fits(pattern, s)
  local p, i, star, from = 1, 1, nil, nil
  while i <= #s do
    local c = string.byte(pattern, p)
    if c == 42 then -- '*'
      star, from, p = p, i, p + 1
    elseif c == string.byte(s, i) then
      p, i = p + 1, i + 1
    elseif star then
      p, i, from = star + 1, from + 1, from + 1
    else
      return false
    end
  end
  while string.byte(pattern, p) == 42 do
    p = p + 1
  end
  return p > #pattern
end

-- "https://Shop.example/a/?b#c" -> "shop.example/a"; nil when it is no page.
function when.page(url)
  if type(url) ~= "string" or #url > 2000 then return nil end
  local host, path = string.match(url, "^https?://([^/?#]+)([^?#]*)")
  if not host then return nil end
  host = string.lower(string.match(host, "([^@]*)$"))
  path = string.gsub(path, "/+$", "")
  return string.sub(host .. path, 1, PAGE_MAX)
end

-- page: as when.page gives it. "/shop" is a path of any site, else the name stands first.
local function on_page(patterns, page)
  local path = string.match(page, "/.*$") or ""
  for _, pattern in ipairs(patterns) do
    local s = string.sub(pattern, 1, 1) == "/" and path or page
    pattern = string.gsub(pattern, "^https?://", "")
    if fits(pattern, s) or fits(pattern, s .. "/") then return true end
  end
  return false
end

local function within(spans, minute)
  for _, between in ipairs(spans) do
    if minute >= between[1] and minute < between[2] or minute + 1440 < between[2] then return true end
  end
  return false
end

-- facts.page, facts.open, facts.minute (of the business's day), facts.lead and
-- so on: what is asked for is there, for facts is a table that looks it up.
function when.holds(compiled, facts)
  if compiled.pages and not (facts.page and on_page(compiled.pages, facts.page)) then return false end
  if compiled.languages and not compiled.languages[facts.language] then return false end
  if compiled.status and not compiled.status[facts.status] then return false end
  if compiled.visitor and not compiled.visitor[facts.visitor] then return false end
  local lead = compiled.lead
  if lead and not (lead[facts.lead] or (lead.any and facts.lead ~= "none")) then return false end
  local state, spans = compiled.state, compiled.spans
  if not state and not spans then return true end
  if spans and within(spans, facts.minute) then return true end
  return state ~= nil and facts.open ~= nil and state[facts.open and "open" or "closed"] == true
end

-- Minutes from facts.minute until one of the spans begins or ends.
function when.next_change(spans, minute)
  local soonest = 1440
  for _, between in ipairs(spans) do
    for _, edge in ipairs(between) do
      soonest = math.min(soonest, (edge - minute - 1) % 1440 + 1)
    end
  end
  return soonest
end

return when
