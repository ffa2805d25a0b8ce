-- A view as plain text, for mail programs and people who prefer that.
local plain = {}

local function add(out, s) out[#out + 1] = s end

-- Each line of what somebody wrote behind a mark.
local function quoted(s) return "> " .. (string.gsub(s, "\r?\n", "\n> ")) end

local function add_facts(out, view)
  for _, fact in ipairs(view.facts or {}) do
    add(out, fact[1] .. ": " .. (string.gsub(tostring(fact[2]), "\r?\n", "\n  ")))
  end
  if view.facts and view.facts[1] then add(out, "") end
end

local function add_sections(out, view)
  for _, section in ipairs(view.sections or {}) do
    add(out, section.title)
    for _, item in ipairs(section.items) do
      add(out, "- " .. (string.gsub(item[1], "\r?\n", "\n  ")))
      if item[2] then add(out, "  " .. (string.gsub(item[2], "\r?\n", "\n  "))) end
    end
    add(out, "")
  end
end

local function add_messages(out, view)
  for _, m in ipairs(view.messages or {}) do
    add(out, ("%s (%s)"):format(m.who, m.at))
    add(out, quoted(m.text))
    add(out, "")
  end
end

local function add_footer(out, view)
  if not view.footer then return end
  add(out, "-- ")
  for _, line in ipairs(view.footer) do
    add(out, type(line) == "table" and line.label .. ": " .. line.url or line)
  end
end

function plain.render(view)
  local out = { view.title, "" }
  for _, paragraph in ipairs(view.intro or {}) do
    add(out, paragraph)
    add(out, "")
  end
  add_facts(out, view)
  if view.quote then
    add(out, quoted(view.quote))
    add(out, "")
  end
  if view.button and view.button.url then
    add(out, view.button.label .. ":")
    add(out, view.button.url)
    add(out, "")
  end
  add_sections(out, view)
  add_messages(out, view)
  add_footer(out, view)
  return table.concat(out, "\n") .. "\n"
end

return plain
