local facts = require "lib.visit_facts"

local M, WEBKIT = "Mozilla/5.0 ", "AppleWebKit/537.36 (KHTML, like Gecko) "
local IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko) "
local AGENTS = {
  { M .. "(X11; Linux x86_64) " .. WEBKIT .. "Chrome/140.0.0.0 Safari/537.36", "Chrome 140 Linux desktop" },
  {
    M .. "(Windows NT 10.0; Win64) " .. WEBKIT .. "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.1",
    "Edge 140 Windows desktop",
  },
  {
    M .. "(iPhone; CPU iPhone OS 18_1 like Mac OS X) " .. IOS .. "Version/18.1 Mobile/15E148 Safari/604.1",
    "Safari 18 iOS phone",
  },
  {
    M .. "(iPad; CPU OS 17_0 like Mac OS X) " .. IOS .. "CriOS/120.0 Mobile/15E148 Safari/604.1",
    "Chrome 120 iOS tablet",
  },
  {
    M .. "(Macintosh; Intel Mac OS X 10.15; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Firefox 143 macOS desktop",
  },
  { M .. "(Android 15; Mobile; rv:143.0) Gecko/143.0 Firefox/143.0", "Firefox 143 Android phone" },
  {
    M .. "(Linux; Android 14; SM-X710) " .. WEBKIT .. "SamsungBrowser/25.0 Chrome/121.0.0.0 Safari/537.36",
    "Samsung Internet 25 Android tablet",
  },
  { M .. "(compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "other nil other robot" },
  { "CANARY/1.0", "other nil other desktop" },
  { "Chrome/123456789012345678901234567890", "Chrome 1234 other desktop" },
  { "", "other nil other desktop" },
}

return {
  ["browsers by their name, and no more of them than that"] = function()
    for _, case in ipairs(AGENTS) do
      local found = facts.agent(case[1])
      local shown = ("%s %s %s %s"):format(found.browser, found.version, found.os, found.device)
      assert(shown == case[2], case[1] .. ": " .. shown)
    end
  end,

  ["a landing page without what is personal in it"] = function()
    local site = "shop.example:8443"
    local function is(url, expected)
      local found = facts.landing(url, site)
      assert(found == expected, url .. ": " .. tostring(found))
    end
    local here = "https://shop.example:8443"
    is(here .. "/a/b?token=CANARY&utm_source=news&x=1#CANARY", here .. "/a/b?utm_source=news")
    is(here, here .. "/")
    is("https://SHOP.example:8443/x?utm_term=a%40b.c&utm_medium=mail", here .. "/x?utm_medium=mail")
    is(here .. "/orders/12345678/ada@example.com/k3yk3yk3yk3yk3yk3yk3y", here .. "/orders/*/*/*")
    is(here .. "/a-page-about-things-2", here .. "/a-page-about-things-2")
    local none =
      { "https://CANARY@shop.example:8443/", "https://other.example/", "javascript:CANARY", "", 7, "/path" }
    for _, url in ipairs(none) do
      is(url, nil)
    end
    is("https://shop.example:8443/" .. ("x"):rep(3000), nil)
  end,

  ["the other facts"] = function()
    assert(
      facts.referrer("https://www.search.example:81/find?q=CANARY", "shop.example") == "www.search.example"
    )
    assert(facts.referrer("https://shop.example/other", "shop.example") == nil)
    assert(facts.referrer("CANARY", "shop.example") == nil)
    assert(facts.screen "390x844" == "small" and facts.screen "1920x1080" == "large")
    assert(facts.screen "CANARY" == nil and facts.screen "1x2CANARY" == nil and facts.screen(7) == nil)
    assert(facts.language "de-AT" == "de" and facts.language "en" == "en" and facts.language "CANARY" == nil)
    local all = { browser = "Chrome", version = 140, device = "phone", language = "de", landing = "x" }
    local basic = facts.allowed(all, facts.levels.basic)
    assert(basic.version == nil and basic.landing == nil and basic.device == "phone")
    assert(facts.allowed(all, facts.levels.deep).landing == "x")
  end,
}
