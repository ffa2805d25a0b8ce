local when = require "lib.when"

local function faults(value)
  local list = {}
  when.check(value, function(name, wanted) list[#list + 1] = (name or "") .. ":" .. (wanted or "unknown") end)
  return table.concat(list, ", ")
end

local function holds(value, facts) return when.holds(when.compile(value), facts) end

return {
  ["what an author may write"] = function(t)
    t.equal(faults "open", "")
    t.equal(faults { pages = "/shop/*", hours = { "open", "20:00-02:00" }, languages = { "en", "de" } }, "")
    t.equal(faults { lead = { "new", "won" }, visitor = "known", status = "bot" }, "")
  end,
  ["what is wrong is named"] = function(t)
    t.equal(faults "sometimes", ":'open', 'closed' or a table such as { pages = '/shop/*' }")
    t.equal(faults {}, ":'open', 'closed' or a table such as { pages = '/shop/*' }")
    t.equal(faults { page = "/shop" }, "page:unknown")
    t.equal(faults { hours = "9 to 5" }, "hours:'open', 'closed' or times such as '09:00-17:30'")
    t.equal(faults { languages = { "English" } }, "languages:languages such as 'en'")
    t.equal(faults { visitor = 7 }, "visitor:'new' or 'known'")
    t.equal(faults { pages = {} }, "pages:addresses such as '/shop/*' or 'www.example.com/*'")
  end,
  ["pages"] = function(t)
    t.equal(when.page "https://Shop.example/a/b/?x=1#y", "shop.example/a/b")
    t.equal(when.page "https://user@shop.example", "shop.example")
    t.equal(when.page "javascript:alert(1)", nil)
    local page = when.page "https://shop.example/shop/shoes"
    for pattern, expected in pairs {
      ["/shop/*"] = true,
      ["/shop"] = false,
      ["*/shoes"] = true,
      ["shop.example/*"] = true,
      ["https://shop.example/shop/*"] = true,
      ["other.example/*"] = false,
      ["/*s*o*e*s"] = true,
    } do
      t.equal(holds({ pages = pattern }, { page = page }), expected)
    end
    t.equal(holds({ pages = "/" }, { page = when.page "https://shop.example/" }), true)
    t.equal(holds({ pages = "/shop/*" }, { page = when.page "https://shop.example/shop/" }), true)
    t.equal(holds({ pages = "/*" }, {}), false)
  end,
  ["hours"] = function(t)
    t.equal(holds("open", { open = true }), true)
    t.equal(holds("closed", { open = true }), false)
    t.equal(holds("closed", {}), false) -- nobody has said when it is open
    t.equal(holds({ hours = "22:00-02:00" }, { minute = 60 }), true)
    t.equal(holds({ hours = "22:00-02:00" }, { minute = 120 }), false)
    t.equal(holds({ hours = { "closed", "12:00-13:00" } }, { open = true, minute = 725 }), true)
    t.equal(when.next_change({ { 540, 1050 } }, 540), 510)
    t.equal(when.next_change({ { 1320, 1560 } }, 60), 60)
  end,
  ["all must hold"] = function(t)
    local both = { languages = "de", lead = "any" }
    t.equal(holds(both, { language = "de", lead = "new" }), true)
    t.equal(holds(both, { language = "de", lead = "none" }), false)
    t.equal(holds(both, { language = "en", lead = "new" }), false)
  end,
}
