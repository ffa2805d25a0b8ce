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
    for _, case in ipairs {
      { "AT", "0316 / 872-0", "+433168720" },
      { "AU", "(02) 9374 4000", "+61293744000" },
      { "AU", "0011 49 30 23125199", "+493023125199" },
      { "BE", "02 555 12 12", "+3225551212" },
      { "BR", "(11) 96123-4567", "+5511961234567" },
      { "CH", "044 668 18 00", "+41446681800" },
      { "CZ", "222 123 456", "+420222123456" },
      { "DK", "35 35 35 35", "+4535353535" },
      { "ES", "612 34 56 78", "+34612345678" },
      { "ES", "34 612 34 56 78", "+34612345678" },
      { "FR", "01 42 68 53 00", "+33142685300" },
      { "GB", "020 7946 0000", "+442079460000" },
      { "GB", "44 20 7946 0000", "+442079460000" },
      { "GR", "21 0123 4567", "+302101234567" },
      { "HU", "06 1 234 5678", "+3612345678" },
      { "IN", "098765 43210", "+919876543210" },
      { "IT", "06 1234 5678", "+390612345678" },
      { "JP", "03-1234-5678", "+81312345678" },
      { "JP", "010 1 212 555 0100", "+12125550100" },
      { "MX", "55 1234 5678", "+525512345678" },
      { "NL", "020 123 4567", "+31201234567" },
      { "NO", "22 12 34 56", "+4722123456" },
      { "PL", "22 123 45 67", "+48221234567" },
      { "PT", "21 123 4567", "+351211234567" },
      { "RU", "8 495 123-45-67", "+74951234567" },
      { "RU", "800 100-00-00", "+78001000000" },
      { "SE", "08-123 456 78", "+46812345678" },
      { "TR", "0212 123 45 67", "+902121234567" },
      { "US", "1 (212) 555-0100", "+12125550100" },
      { "US", "212.555.0100", "+12125550100" },
      { "US", "011 44 20 7946 0000", "+442079460000" },
    } do
      t.equal(contact.phone(case[2], case[1]), case[3])
    end
  end,

  ["a number that is too short or too long for its country is none"] = function(t)
    t.equal(contact.phone("555-0100", "US"), nil)
    t.equal(contact.phone("612 34 56", "ES"), nil)
    t.equal(contact.phone("01 42 68 53 00 12", "FR"), nil)
    t.equal(contact.phone("(+49) 30 23125199", "FR"), "+493023125199")
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
