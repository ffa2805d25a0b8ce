-- Every language says everything, with values in the same places, and every
-- template can be rendered in it.
local render = require "mail.render"
local sample = require "mail.sample"

local function places(s)
  local list = {}
  for place in string.gmatch(s, "%%[sd]") do
    list[#list + 1] = place
  end
  return table.concat(list)
end

return {
  ["every language has the same words with the same places"] = function(t)
    local english = render.words "en"
    for _, language in ipairs(render.languages) do
      local other = render.words(language)
      for name, value in pairs(english) do
        local same = type(other[name]) == type(value)
        t.equal({ language, name, same }, { language, name, true })
        if type(value) == "string" then
          t.equal({ language, name, places(other[name]) }, { language, name, places(value) })
        end
      end
      t.equal(#other.months, 12)
    end
  end,

  ["every template can be rendered in every language, and escapes what it is given"] = function(t)
    for _, language in ipairs(render.languages) do
      for _, kind in ipairs(sample.kinds) do
        local mail = render.mail(kind, sample.data(kind, language, render), sample.about(language))
        t.equal(string.find(mail.html, "<b>and</b>", 1, true), nil)
        t.equal(mail.subject ~= "" and mail.text ~= "", true)
      end
    end
  end,
}
