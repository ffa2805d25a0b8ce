-- Messages as others will read them.
local message = require "mail.message"

local function mail(more)
  local m = {
    id = "mail_x",
    at = 1795618800000,
    from = "notices@example.org",
    to = "ada@example.org",
    subject = "Hello",
    text = "Hi",
    html = "<p>Hi</p>",
  }
  for name, value in pairs(more or {}) do
    m[name] = value
  end
  return m
end

local function has(s, part) return string.find(s, part, 1, true) ~= nil end

local function longest(s)
  local most = 0
  for line in string.gmatch(s, "([^\r\n]*)\r\n") do
    most = math.max(most, #line)
  end
  return most
end

return {
  ["the same mail is the same bytes, with a date and an id of its own"] = function(t)
    local one = message.build(mail())
    t.equal(message.build(mail()), one)
    t.equal(has(one, "Date: Wed, 25 Nov 2026 15:00:00 +0000\r\n"), true)
    t.equal(has(one, "Message-ID: <mail_x@example.org>\r\n"), true)
    t.equal(has(one, "Auto-Submitted: auto-generated\r\n"), true)
  end,

  ["a line break in any header is refused"] = function(t)
    local bad = "x\r\nBcc: eve@example.org"
    for _, name in ipairs { "subject", "to", "from", "from_name", "reply_to", "id" } do
      t.equal({ name, (message.build(mail { [name] = bad })) }, { name, nil })
      t.equal({ name, (message.build(mail { [name] = "a\nb" })) }, { name, nil })
    end
    t.equal((message.build(mail { headers = { { "List-Unsubscribe", bad } } })), nil)
    t.equal((message.build(mail { files = { { name = bad, type = "text/plain", data = "" } } })), nil)
    t.equal((message.build(mail { subject = "\xff" })), nil)
  end,

  ["no line is longer than 76, whatever is said"] = function(t)
    local text = string.rep("word ", 100) .. string.rep("x", 500) .. "  \n" .. string.rep("ü", 100) .. "=\n."
    local subject = string.rep("Greetings from the north ", 8)
    local built = message.build(mail {
      text = text,
      html = text,
      subject = subject,
      from_name = "Nord",
      files = { { name = string.rep("Gespräch ", 12) .. ".txt", type = "text/plain", data = text } },
    })
    t.equal(longest(built) <= 76, true)
    t.equal(string.find(built, "[\x80-\xff]"), nil)
    t.equal(has(built, "filename*0*=UTF-8''Gespr%C3%A4ch"), true)
  end,

  ["names before an address are quoted or encoded"] = function(t)
    t.equal(
      has(message.build(mail { from_name = 'A "B", C' }), 'From: "A \\"B\\", C" <notices@example.org>\r\n'),
      true
    )
    t.equal(has(message.build(mail { from_name = "Öl" }), "From: =?UTF-8?B?"), true)
    t.equal(
      { message.split_address '"Support, Nord" <help@example.org>' },
      { "Support, Nord", "help@example.org" }
    )
    t.equal({ message.split_address "help@example.org" }, { nil, "help@example.org" })
  end,

  ["a text from elsewhere becomes one line"] = function(t)
    t.equal(message.line("a\r\nBcc: x\0y", 50), "a Bcc: x y")
    t.equal(message.line(string.rep("ü", 200), 10), string.rep("ü", 10) .. "…")
  end,
}
