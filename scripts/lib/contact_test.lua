-- One number however it is written.
local contact = require "lib.contact"

return {
  ["a number of the business's own country"] = function(t)
    for _, written in ipairs {
      "030 23125 199",
      "(030) 23125-199",
      "+49 (0)30 23125199",
      "0049 30 23125199",
      "+493023125199",
    } do
      t.equal(contact.phone(written, "DE"), "+493023125199")
    end
  end,

  ["countries write their numbers in their own ways"] = function(t)
    t.equal(contact.phone("06 1234 5678", "IT"), "+390612345678")
    t.equal(contact.phone("020 7946 0000", "GB"), "+442079460000")
    t.equal(contact.phone("1 (212) 555-0100", "US"), "+12125550100")
    t.equal(contact.phone("212 555 0100", "US"), "+12125550100")
    t.equal(contact.phone("011 44 20 7946 0000", "US"), "+442079460000")
    t.equal(contact.phone("06 1 234 5678", "HU"), "+3612345678")
    t.equal(contact.phone("8 495 123-45-67", "RU"), "+74951234567")
    t.equal(contact.phone("612 34 56 78", "ES"), "+34612345678")
  end,

  ["what cannot be told is not guessed"] = function(t)
    t.equal(contact.phone("030 23125 199", nil), nil)
    t.equal(contact.phone("030 23125 199", "ZZ"), nil)
    t.equal(contact.phone("12", "DE"), nil)
    t.equal(contact.phone("+1234567890123456", "DE"), nil)
    t.equal(contact.phone("+44 20 7946 0000", nil), "+442079460000")
  end,

  ["an address in any case is one address"] = function(t)
    t.equal(contact.email "Ada@Example.ORG", "ada@example.org")
  end,
}
