-- A mail as it goes over the wire: RFC 5322 headers, RFC 2047 words and RFC
-- 2231 parameters where they hold more than ASCII, a body as text and HTML,
-- 7-bit lines of at most 76 characters. The same mail is the same bytes each
-- time it is tried: nothing here asks for the time or for randomness.
-- A control character in any header is refused, never mended.
local host = require "host"
local text = require "lib.text"
local time = require "lib.time"

local message = {}

local LINE, WORD = 76, 75 -- characters of a line, and of one encoded word
local VALUE_MAX = 900 -- bytes of one header's value
local BASE64_FROM = 20000 -- longer texts are encoded by the host, in one go

local DAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }

local function date(ms)
  local c = time.civil(ms)
  return ("%s, %d %s %04d %02d:%02d:%02d +0000"):format(
    DAYS[c.weekday],
    c.day,
    MONTHS[c.month],
    c.year,
    c.hour,
    c.minute,
    c.second
  )
end

local function plain(s) return not string.find(s, "[\x80-\xff]") and not string.find(s, "=?", 1, true) end

-- Lines of at most LINE characters, broken at blanks.
local function fold(s)
  local lines, line = {}, ""
  for word in string.gmatch(s, "[^ ]+ *") do
    if line ~= "" and #line + #word > LINE + 1 then
      lines[#lines + 1] = (string.gsub(line, " +$", ""))
      line = ""
    end
    line = line .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\r\n ")
end

-- Encoded words, cut between characters. used: characters before the first.
local function encoded(s, used)
  local words, at = {}, 1
  while at <= #s do
    local room = (math.min(WORD, LINE - (words[1] and 1 or used)) - 12) // 4 * 3
    local stop = math.min(at + room, #s + 1)
    while stop <= #s and string.find(s, "^[\x80-\xbf]", stop) do
      stop = stop - 1
    end
    words[#words + 1] = "=?UTF-8?B?" .. host.base64(string.sub(s, at, stop - 1)) .. "?="
    at = stop
  end
  return table.concat(words, "\r\n ")
end

local function header(name, value)
  if plain(value) then return fold(name .. ": " .. value) end
  return name .. ": " .. encoded(value, #name + 2)
end

-- A person's or business's name before an address.
local function phrase(name, used)
  if not plain(name) then return encoded(name, used) end
  return '"' .. string.gsub(name, '["\\]', "\\%0") .. '"'
end

local function address_header(header_name, name, address)
  if not name or name == "" then return header_name .. ": " .. address end
  local first = header_name .. ": " .. phrase(name, #header_name + 2)
  local last = string.match(first, "[^\n]*$")
  return first .. (#last + #address + 3 > LINE and "\r\n <" or " <") .. address .. ">"
end

-- "Support <help@example.org>" -> name or nil, address
function message.split_address(s)
  local name, address = string.match(s, "^%s*(.-)%s*<([^<>]+)>%s*$")
  if not address then return nil, s end
  name = string.match(name, '^"(.*)"$') or name
  return name ~= "" and name or nil, address
end

-- One parameter of a header: filename="a.txt", or in the pieces of RFC 2231.
local function parameter(name, value)
  if plain(value) and #value <= 50 and not string.find(value, '["\\]') then
    return (';\r\n %s="%s"'):format(name, value)
  end
  local parts, piece, coded = {}, "", text.percent(value)
  for unit in string.gmatch(coded, "%%?%w?[%w%-._~]") do
    if #piece + #unit > 50 then
      parts[#parts + 1], piece = piece, ""
    end
    piece = piece .. unit
  end
  parts[#parts + 1] = piece
  if #parts == 1 then return (";\r\n %s*=UTF-8''%s"):format(name, parts[1]) end
  local lines = {}
  for i, part in ipairs(parts) do
    lines[i] = (";\r\n %s*%d*=%s%s"):format(name, i - 1, i == 1 and "UTF-8''" or "", part)
  end
  return table.concat(lines)
end

local function base64_lines(s)
  local coded, lines = host.base64(s), {}
  for at = 1, #coded, LINE do
    lines[#lines + 1] = string.sub(coded, at, at + LINE - 1)
  end
  return table.concat(lines, "\r\n")
end

local function hex(c) return ("=%02X"):format(string.byte(c)) end

local function quoted_line(out, line)
  line = string.gsub(line, "[^\t\32-\60\62-\126]", hex)
  line = string.gsub(line, "[ \t]$", hex)
  while #line > LINE do
    local stop = LINE - 1
    if string.sub(line, stop, stop) == "=" then
      stop = stop - 1
    elseif string.sub(line, stop - 1, stop - 1) == "=" then
      stop = stop - 2
    end
    out[#out + 1] = string.sub(line, 1, stop) .. "="
    line = string.sub(line, stop + 1)
  end
  out[#out + 1] = line
end

local function quoted(s)
  local lines = {}
  for line in string.gmatch(s .. "\n", "([^\n]*)\n") do
    quoted_line(lines, line)
  end
  return table.concat(lines, "\r\n")
end

-- The transfer encoding of a text and its lines: the shorter of the two.
local function body(s)
  s = string.gsub(s, "\r\n?", "\n")
  local _, foreign = string.gsub(s, "[\x80-\xff]", "")
  if #s > BASE64_FROM or foreign * 6 > #s then
    return "base64", base64_lines((string.gsub(s, "\n", "\r\n")))
  end
  return "quoted-printable", quoted(s)
end

local function part(kind, s)
  local encoding, lines = body(s)
  return ("Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: %s\r\n\r\n%s"):format(
    kind,
    encoding,
    lines
  )
end

local function attachment(file)
  return ("Content-Type: %s; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"):format(file.type)
    .. "Content-Disposition: attachment"
    .. parameter("filename", file.name)
    .. "\r\n\r\n"
    .. base64_lines(file.data)
end

local function multipart(kind, boundary, parts)
  local lines = { ('Content-Type: multipart/%s;\r\n boundary="%s"\r\n'):format(kind, boundary) }
  for _, one in ipairs(parts) do
    lines[#lines + 1] = "--" .. boundary .. "\r\n" .. one
  end
  lines[#lines + 1] = "--" .. boundary .. "--\r\n"
  return table.concat(lines, "\r\n")
end

local function content(mail)
  local alternative = multipart(
    "alternative",
    "=_alt_" .. mail.id,
    { part("text/plain", mail.text), part("text/html", mail.html) }
  )
  if not mail.files or not mail.files[1] then return alternative end
  local parts = { alternative }
  for _, file in ipairs(mail.files) do
    parts[#parts + 1] = attachment(file)
  end
  return multipart("mixed", "=_mix_" .. mail.id, parts)
end

local function fault(mail)
  local values = { mail.id, mail.to, mail.from, mail.from_name or "", mail.reply_to or "", mail.subject }
  for _, pair in ipairs(mail.headers or {}) do
    values[#values + 1], values[#values + 2] = pair[1], pair[2]
  end
  for _, file in ipairs(mail.files or {}) do
    values[#values + 1], values[#values + 2] = file.name, file.type
  end
  for _, value in ipairs(values) do
    if string.find(value, "[%c\127]") then return "a header may not contain control characters" end
    if not utf8.len(value) then return "a header must be UTF-8" end
    if #value > VALUE_MAX then return "a header is too long" end
  end
  return nil
end

-- A text from elsewhere as it may stand in a header: one line, not too long.
function message.line(s, max)
  s = string.gsub(s, "[%c\127]+", " ")
  return text.cut(text.trim(s), max or 120)
end

-- mail: { id, at (ms), from (address), from_name?, to, reply_to?, subject, text,
-- html, headers? = { { name, value } }, files? = { { name, type, data } } }.
-- The message, or nil and why not.
function message.build(mail)
  local why = fault(mail)
  if why then return nil, why end
  local domain = string.match(mail.from, "@(.+)$")
  local lines = {
    "Date: " .. date(mail.at),
    address_header("From", mail.from_name, mail.from),
    "To: " .. mail.to,
    header("Subject", mail.subject),
    ("Message-ID: <%s@%s>"):format(mail.id, domain),
    "Auto-Submitted: auto-generated",
  }
  if mail.reply_to then lines[#lines + 1] = "Reply-To: " .. mail.reply_to end
  for _, pair in ipairs(mail.headers or {}) do
    lines[#lines + 1] = pair[1] .. ": " .. pair[2] -- ours: addresses, which are not folded
  end
  lines[#lines + 1] = "MIME-Version: 1.0"
  lines[#lines + 1] = content(mail)
  return table.concat(lines, "\r\n")
end

return message
