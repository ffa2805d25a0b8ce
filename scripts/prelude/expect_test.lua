-- The helper that all other tests trust.
local expect = require "prelude.expect"

return {
  ["values are shown so that a text is not taken for a number"] = function(t)
    t.equal(expect.show "3", "'3'")
    t.equal(expect.show { 1, "a", x = { true } }, "{1, 'a', x = {true}}")
    t.equal(expect.show "a\nb", "'a\\nb'")
  end,

  ["what differs is an error that says how"] = function(t)
    t.raises("expected 3, got 4", expect.equal, 4, 3)
    t.raises("expected {2}, got {1}", expect.equal, { 1 }, { 2 })
    t.raises("expected 1, got 1.0", expect.equal, 1.0, 1)
    t.raises("expected nil or false, got 0", expect.falsy, 0)
  end,

  ["an error that does not come, or another one"] = function(t)
    t.raises("got none", expect.raises, "x", function() end)
    t.raises("got 'y'", expect.raises, "x", error, "y", 0)
  end,
}
