-- Text as people type it: folding for comparison, words, localised values.
-- Pure; scripts may use it as `require "text"`.
local text = {}

local find, gsub, lower, gmatch = string.find, string.gsub, string.lower, string.gmatch

-- Letters that mean the same to someone typing in a hurry or without the keys.
local PLAIN = {}
do
  local groups = {
    a = "àáâãåāăąÀÁÂÃÅĀĂĄ",
    c = "çćčÇĆČ",
    d = "ďđĎĐ",
    e = "èéêëēėęěÈÉÊËĒĖĘĚ",
    g = "ğĞ",
    i = "ìíîïīįıÌÍÎÏĪĮİ",
    l = "łŁ",
    n = "ñńňÑŃŇ",
    o = "òóôõøōőÒÓÔÕØŌŐ",
    r = "řŘ",
    s = "śšşŚŠŞ",
    t = "ťŤ",
    u = "ùúûūůűÙÚÛŪŮŰ",
    y = "ýÿÝ",
    z = "źżžŹŻŽ",
    ae = "äæÄÆ",
    oe = "öœÖŒ",
    ue = "üÜ",
    ss = "ßẞ",
    ["'"] = "’‘´`",
  }
  for plain, letters in pairs(groups) do
    for letter in gmatch(letters, utf8.charpattern) do
      PLAIN[letter] = plain
    end
  end
end

-- Lower case, accents gone, everything but letters and digits one blank.
-- Letters of other scripts stay as they are.
function text.fold(s)
  if not find(s, "[^%l%d]") then return s end -- one plain word: the common case
  if find(s, "[\x80-\xff]") then s = gsub(s, "[\xc2-\xf4][\x80-\xbf]*", PLAIN) end
  s = gsub(lower(s), "'", "")
  s = gsub(s, "[^%w\x80-\xff]+", " ")
  s = gsub(s, "^ ", "")
  return (gsub(s, " $", ""))
end

-- The words of an already folded text, in order.
function text.words(folded)
  local words, n = {}, 0
  for word in gmatch(folded, "[^ ]+") do
    n = n + 1
    words[n] = word
  end
  return words
end

function text.trim(s)
  local from = find(s, "[^ \t\r\n]")
  if not from then return "" end
  local to = #s
  while find(s, "^[ \t\r\n]", to) do
    to = to - 1
  end -- "%s+$" would be quadratic in blanks
  return string.sub(s, from, to)
end

-- A localised value: a plain text, or { en = "...", de = "..." }.
function text.pick(value, locale)
  if type(value) ~= "table" then return value end
  local found = value[locale] or value.en
  if found == nil then
    local _, any = next(value)
    found = any
  end
  return found
end

-- "de-AT" -> "de", when that is one of the languages; else nil.
function text.language(tag, languages)
  if type(tag) ~= "string" then return nil end
  local primary = lower(string.match(tag, "^%a%a%a?") or "")
  for _, language in ipairs(languages) do
    if language == primary then return language end
  end
  return nil
end

-- Characters, not bytes; nil when s is no UTF-8.
function text.length(s) return utf8.len(s) end

-- At most max characters.
function text.cut(s, max)
  local stop = utf8.offset(s, max + 1)
  if not stop or stop > #s then return s end
  return string.sub(s, 1, stop - 1) .. "…"
end

-- "a", "a and b", "a, b and c"
function text.list(items, word)
  local n = #items
  if n < 2 then return items[1] or "" end
  return table.concat(items, ", ", 1, n - 1) .. " " .. word .. " " .. items[n]
end

-- Percent-encoded as RFC 5987 wants it in a header.
function text.percent(s)
  return (string.gsub(s, "[^%w%-._~]", function(c) return string.format("%%%02X", string.byte(c)) end))
end

return text
