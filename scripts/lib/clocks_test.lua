local clocks = require "lib.clocks"

return {
  ["times of the day"] = function(t)
    for said, minutes in pairs {
      ["7 pm"] = 19 * 60,
      ["7pm"] = 19 * 60,
      ["at 7.30 p.m."] = 19 * 60 + 30,
      ["19 Uhr 30"] = 19 * 60 + 30,
      ["12 am"] = 0,
      ["12 pm"] = 720,
      ["noon"] = 720,
      ["mittags"] = 720,
      ["Mitternacht"] = 0,
      ["19"] = 19 * 60,
      ["half past seven pm"] = 19 * 60 + 30,
      ["halb acht abends"] = 19 * 60 + 30,
      ["quarter to 8"] = 7 * 60 + 45,
      ["Viertel nach fünf nachmittags"] = 17 * 60 + 15,
      ["three in the afternoon"] = 15 * 60,
      ["acht Uhr"] = 8 * 60,
    } do
      t.equal(clocks.read(said), minutes)
    end
  end,

  ["what is none"] = function(t)
    for _, said in ipairs { "25:00", "half past something", "", "10:75", "7 or 8", "soon" } do
      t.falsy(clocks.read(said))
    end
  end,
}
