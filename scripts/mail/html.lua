-- A view (mail/view.lua says what one holds) as an HTML page that mail
-- programs show: tables and inline styles, nothing fetched, light and dark.
-- Every value is escaped here and nowhere else.
local brand = require "mail.brand"

local html = {}

local ENTITIES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;", ["'"] = "&#39;" }

local function escape(s) return (string.gsub(tostring(s), "[&<>\"']", ENTITIES)) end
html.escape = escape

-- Line breaks of a text that somebody wrote stay.
local function lines(s) return (string.gsub(escape(s), "\r?\n", "<br>")) end

local STYLE = [[
body{margin:0;padding:0;background:#f2f3f5}
.card{background:#fff;color:#1d232b}
.soft{color:#5b6572}
.quote{background:#f2f3f5}
.line{border-color:#e3e6ea}
a{color:{colour}}
@media (prefers-color-scheme:dark){
body,.page{background:#14171b!important}
.card{background:#1f242b!important;color:#e8ebef!important}
.soft{color:#a4aebb!important}
.quote{background:#14171b!important}
.line{border-color:#39414b!important}
a{color:{light}!important}
}
@media (max-width:480px){.in{padding:20px 16px!important}.page{padding:0!important}.card{border-radius:0!important}}]]

local FONT = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans','Helvetica Neue',Arial,sans-serif;"

local function paragraph(s) return '<p style="margin:0 0 16px">' .. lines(s) .. "</p>" end

-- The template with its {places} filled in; values are HTML already.
local function fill(template, values)
  return (string.gsub(template, "{(%l+)}", function(name) return values[name] or "" end))
end

local FACT = [[<tr><td class="soft" style="padding:6px 0;padding-inline-end:16px;vertical-align:top;
text-align:{start};white-space:nowrap">{label}</td>
<td style="padding:6px 0;vertical-align:top;text-align:{start};word-break:break-word"><bdi>{value}</bdi></td></tr>]]
local FACTS = [[<table role="presentation" cellpadding="0" cellspacing="0"
style="border-collapse:collapse;margin:0 0 16px">{rows}</table>]]
local QUOTE = [[<div class="quote" style="padding:12px 16px;border-radius:8px;margin:0 0 16px;
word-break:break-word" dir="auto">{text}</div>]]
local BUTTON = [[<p style="margin:8px 0 20px"><a href="{url}" style="display:inline-block;background:{colour};
color:#fff!important;text-decoration:none;padding:12px 20px;border-radius:8px;font-weight:600">{label}</a></p>]]
local FORM =
  [[<form method="post" style="margin:8px 0 20px"><button style="border:0;background:{colour};color:#fff;
font:inherit;font-weight:600;padding:12px 20px;border-radius:8px;cursor:pointer">{label}</button></form>]]
local SECTION = [[<h2 style="font-size:16px;line-height:24px;margin:20px 0 8px">{title}</h2>]]
local ITEM = [[<div class="line" style="padding:8px 0;border-top:1px solid #e3e6ea;
word-break:break-word" dir="auto">{text}{detail}</div>]]
local SAID =
  [[<div style="margin:0 0 12px"><span class="soft" style="font-size:13px"><bdi>{who}</bdi> · {at}</span>
<div class="quote" style="padding:10px 14px;border-radius:8px;word-break:break-word" dir="auto">{text}</div></div>]]
local FOOTER = [[<p class="soft line" style="margin:20px 0 0;padding-top:16px;border-top:1px solid #e3e6ea;
font-size:13px;line-height:20px;color:#5b6572">{text}</p>]]

local function facts(view, start)
  local rows = {}
  for i, fact in ipairs(view.facts or {}) do
    rows[i] = fill(FACT, { start = start, label = escape(fact[1]), value = lines(fact[2]) })
  end
  return rows[1] and fill(FACTS, { rows = table.concat(rows) }) or ""
end

local function quote(s) return fill(QUOTE, { text = lines(s) }) end

local function button(b)
  return fill(BUTTON, { url = escape(b.url), colour = brand.colour, label = escape(b.label) })
end

local function section(s)
  local parts = { fill(SECTION, { title = escape(s.title) }) }
  for _, item in ipairs(s.items) do
    local detail = item[2] and '<br><span class="soft">' .. lines(item[2]) .. "</span>"
    parts[#parts + 1] = fill(ITEM, { text = lines(item[1]), detail = detail })
  end
  return table.concat(parts)
end

local function said(m) return fill(SAID, { who = escape(m.who), at = escape(m.at), text = lines(m.text) }) end

local function each(list, show)
  local parts = {}
  for i, item in ipairs(list or {}) do
    parts[i] = show(item)
  end
  return table.concat(parts)
end

local function footer(view)
  if not view.footer then return "" end
  local parts = {}
  for i, line in ipairs(view.footer) do
    parts[i] = type(line) == "table" and ('<a href="%s">%s</a>'):format(escape(line.url), escape(line.label))
      or lines(line)
  end
  return fill(FOOTER, { text = table.concat(parts, "<br>") })
end

local PAGE = [[<!DOCTYPE html>
<html lang="{code}" dir="{dir}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>{subject}</title><style>{style}</style></head>
<body><div style="display:none;max-height:0;overflow:hidden">{preview}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="page"
style="background:#f2f3f5;padding:24px 12px"><tr><td align="center">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" class="card"
style="max-width:560px;background:#fff;color:#1d232b;border-radius:12px"><tr>
<td class="in" style="padding:28px 32px;{font}font-size:16px;line-height:24px;text-align:{start}">
<p class="soft" style="margin:0 0 12px;font-size:14px;color:#5b6572"><bdi>{from}</bdi></p>
<h1 style="font-size:22px;line-height:30px;margin:0 0 16px">{title}</h1>
{content}</td></tr></table></td></tr></table></body></html>
]]

-- The whole page. language: { code, rtl }
function html.render(view, language)
  local start = language.rtl and "right" or "left"
  local content = {
    each(view.intro, function(s) return paragraph(s) end),
    facts(view, start),
    view.quote and quote(view.quote) or "",
    view.button and view.button.url and button(view.button) or "",
    view.form and fill(FORM, { colour = brand.colour, label = escape(view.form.label) }) or "",
    each(view.sections, section),
    each(view.messages, said),
    footer(view),
  }
  return fill(PAGE, {
    code = language.code,
    dir = language.rtl and "rtl" or "ltr",
    subject = escape(view.subject),
    style = fill(STYLE, { colour = brand.colour, light = brand.colour_dark }),
    preview = escape(view.preview or ""),
    font = FONT,
    start = start,
    from = escape(view.from),
    title = lines(view.title),
    content = table.concat(content),
  })
end

return html
