-- Text as people type it.
local text = require "lib.text"

return {
  ["folding takes case, accents and signs away"] = function(t)
    t.equal(text.fold "  Öffnungszeiten?! ", "oeffnungszeiten")
    t.equal(text.fold "L’Été, c'est BEAU", "lete cest beau")
    t.equal(text.fold "привет", "привет")
  end,

  ["trimming"] = function(t)
    t.equal(text.trim " \t a b\r\n", "a b")
    t.equal(text.trim "   ", "")
  end,

  ["a localised value falls back to English"] = function(t)
    local value = { en = "Hello", de = "Hallo" }
    t.equal(text.pick(value, "de"), "Hallo")
    t.equal(text.pick(value, "fr"), "Hello")
    t.equal(text.pick("plain", "de"), "plain")
  end,

  ["cutting counts characters, not bytes"] = function(t)
    t.equal(text.cut("äöü", 3), "äöü")
    t.equal(text.cut("äöüß", 3), "äöü…")
  end,

  ["lists read like a sentence"] = function(t)
    t.equal(text.list({ "a", "b", "c" }, "and"), "a, b and c")
    t.equal(text.list({ "a" }, "and"), "a")
    t.equal(text.list({}, "and"), "")
  end,
}
