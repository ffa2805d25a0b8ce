-- A faulty business file gets paths and reasons, and no rows.
local dataset = require "lib.dataset"

local SMALL = '{ "format": "azentiko-dataset-1", "business": { "name": "Bakery" }, '
  .. '"bot": { "slug": "bakery", "locale": "en", "greeting": "Hi" }%s }'

local function errors_of(rest)
  local imported, errors = dataset.import(SMALL:format(rest))
  return imported or errors
end

return {
  ["the least that is a business"] = function(t)
    local imported = errors_of ""
    t.equal(imported.bot.slug, "bakery")
    t.equal(#imported.rows, 1)
  end,

  ["a misspelt field is named with its path"] = function(t)
    t.equal(errors_of ', "fax": []', { "/fax: is not a known field" })
  end,

  ["an id twice, and a reference to nothing"] = function(t)
    local service = '{ "id": "cut", "name": "Cut" }'
    t.equal(errors_of(', "services": [' .. service .. ", " .. service .. "]"), {
      "/services/1/id: 'cut' is used twice",
    })
  end,

  ["what is no JSON says so"] = function(t)
    local imported, errors = dataset.import "{"
    t.falsy(imported)
    t.truthy(string.find(errors[1], "/: is not JSON", 1, true))
  end,
}
