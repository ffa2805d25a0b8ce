-- Each phrase in each language, with the same places to fill.
local phrases = require "lib.phrases"

local function places(text)
  local list = {}
  for place in string.gmatch(text, "%%%a") do
    list[#list + 1] = place
  end
  return list
end

return {
  ["no language misses one"] = function(t)
    for _, language in ipairs(phrases.languages) do
      for name, text in pairs(phrases.en) do
        t.truthy(phrases[language][name])
        t.equal(places(phrases[language][name]), places(text))
      end
    end
  end,

  ["an unknown language reads English"] = function(t)
    t.equal(phrases.say("fr", "ask_number_min", 3), "Please give me a number of at least 3.")
  end,
}
