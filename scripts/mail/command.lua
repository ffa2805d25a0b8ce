-- What `azentiko mail test` sends and `azentiko mail preview` writes.
local host = require "host"
local brand = require "mail.brand"
local message = require "mail.message"
local render = require "mail.render"
local sample = require "mail.sample"

local command = {}

-- to: an address; options: { from, language }. Emits the message.
function command.test(to, options)
  local name, from = message.split_address(options.from)
  local language = render.language(options.language)
  local mail = render.mail("test", {}, { language = language })
  local built, why = message.build {
    id = host.new_id "mail",
    at = host.now(),
    from = from,
    from_name = name or brand.name,
    to = to,
    subject = mail.subject,
    text = mail.text,
    html = mail.html,
  }
  host.emit(built or error(why, 0))
end

-- One file: a line with its name and length, then its bytes.
local function put(name, data) host.emit(("%s %d\n%s"):format(name, #data, data)) end

-- Every template in one language, as text and HTML, with made-up data.
function command.preview(language)
  for _, kind in ipairs(sample.kinds) do
    local mail = render.mail(kind, sample.data(kind, language, render), sample.about(language))
    put(("%s.%s.html"):format(kind, language), mail.html)
    put(("%s.%s.txt"):format(kind, language), mail.subject .. "\n\n" .. mail.text)
  end
end

return command
