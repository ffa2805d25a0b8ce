-- What counts as the same question.
local faq = require "lib.faq"
local text = require "lib.text"

local index = faq.index {
  {
    id = "dogs",
    question = { en = "Are dogs allowed?", de = "Sind Hunde erlaubt?" },
    also = { "May I bring my dog?" },
  },
  { id = "parking", question = "Where can I park?", also = { "Is there a car park?" } },
  { id = "vegan", question = "Do you have vegan dishes?" },
}

local function find(said) return faq.find(index, text.fold(said)) end

return {
  ["other words for the same"] = function(t)
    local entry, score = find "can i bring the dog with me"
    t.equal(entry.id, "dogs")
    t.truthy(score >= faq.ENOUGH)
  end,

  ["in the other language"] = function(t) t.equal(find("hunde erlaubt").id, "dogs") end,

  ["its own words are a sure hit"] = function(t)
    local entry, score = find "Where can I park?"
    t.equal(entry.id, "parking")
    t.truthy(score >= faq.SURE)
  end,

  ["much besides the shared word is too little"] = function(t)
    local _, score = find "explain the history of dog breeding in medieval France"
    t.truthy(score < faq.ENOUGH)
  end,

  ["words that every question has are no subject"] = function(t)
    local tips = faq.index { { id = "tips", question = "How much tip is usual?" } }
    t.falsy(faq.find(tips, text.fold "How much is the moon?"))
    t.equal(faq.find(tips, text.fold "How much tip?").id, "tips")
  end,

  ["nothing shared finds nothing"] = function(t) t.falsy(find "capital of Peru") end,
}
