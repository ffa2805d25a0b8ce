-- Cells that a spreadsheet cannot run, and that come apart where they should.
local csv = require "lib.csv"

return {
  ["formulas are defused"] = function(t)
    for _, text in ipairs { "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx" } do
      t.truthy(string.find(csv.cell(text), "^\"?'"))
    end
    t.equal(csv.cell(-5), "-5")
  end,

  ["quotes, commas and line breaks stay in their cell"] = function(t)
    t.equal(csv.line({ 'say "hi"', "a,b", "c\nd", nil, "e" }, 5), '"say ""hi""","a,b","c\nd",,e\r\n')
  end,
}
