-- Tokens of visitors: good for the bot and the website that they were made for.
local demo = require "tests.lua.demo"

describe("a visitor's token", function()
  local token = demo.platform(demo.world()) "prelude.visitor_token"
  local made = token.make("vis_1", "bot_1", "shop.example:8443")

  it("is good where it was given", function()
    assert.equal("vis_1", token.read(made, "bot_1", "shop.example:8443"))
    assert.equal("vis_2", token.read(token.make("vis_2", "bot_1", nil), "bot_1", nil))
  end)

  for name, case in pairs {
    ["at another bot"] = { "bot_2", "shop.example:8443" },
    ["on another port"] = { "bot_1", "shop.example" },
    ["on another website"] = { "bot_1", "other.example:8443" },
    ["without a website"] = { "bot_1", nil },
  } do
    it("is none " .. name, function() assert.is_nil(token.read(made, case[1], case[2])) end)
  end

  it("is none when it is no token", function()
    for _, bad in ipairs { "", "vis_1", "vis_1.", 7, {}, made .. "x", ("x"):rep(300) } do
      assert.is_nil(token.read(bad, "bot_1", "shop.example:8443"))
    end
  end)
end)
