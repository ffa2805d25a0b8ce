-- What the author of a faulty declaration reads.
local shape = require "prelude.shape"

return {
  ["a declaration that is fine"] = function(t)
    t.equal(shape.check("commands", "x", { title = { en = "X", de = "X" }, say = "x" }), {})
  end,

  ["a misspelt field gets a hint when one looks like it"] = function(t)
    local menu = { text = "?", items = { { label = "A", say = "a" } } }
    t.equal(shape.check("menus", "m", menu), {})
    menu.txt = "?"
    t.equal(shape.check("menus", "m", menu), { "menu 'm' has an unknown field 'txt'" })
    t.equal(shape.check("commands", "x", { titel = "X", title = "X", say = "x" }), {
      "command 'x' has an unknown field 'titel' (did you mean 'title'?)",
    })
  end,

  ["one action, not two"] = function(t)
    t.equal(shape.check("commands", "x", { title = "X", say = "x", go = "y" }), {
      "command 'x' needs exactly one of 'run', 'say', 'show', 'go'",
    })
  end,

  ["items are checked by their label"] = function(t)
    t.equal(shape.check("menus", "m", { text = "?", items = { { label = "A" } } }), {
      "menu 'm' item 'A' needs exactly one of 'go', 'say', 'show'",
    })
  end,
}
