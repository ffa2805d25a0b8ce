-- Words that carry meaning.
local words = require "lib.words"

return {
  ["forms of a word have one stem"] = function(t)
    t.equal(words.stem "bookings", words.stem "booked")
    t.equal(words.stem "parties", words.stem "party")
    t.equal(words.stem "reservierungen", words.stem "reservierung")
  end,

  ["short words and numbers stay"] = function(t)
    t.equal(words.stem "bus", "bus")
    t.equal(words.stem "2026", "2026")
  end,

  ["stop words of both languages say nothing; each stem once"] = function(t)
    t.equal(words.content "do you have a table und noch tables", { words.stem "table" })
    t.equal(words.content "what is the", {})
  end,
}
