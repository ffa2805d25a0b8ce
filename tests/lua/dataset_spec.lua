-- The dataset format: every error with its path and reason, nothing half read.
local demo = require "tests.lua.demo"
local files = require "tests.lua.files"
local json = require "tests.lua.fake_json"

local source = files.read "scripts/demo/demo.json"

-- change(value) on a fresh copy of the demo -> the errors as one text
local function errors_after(import, change)
  local value = json.decode(source)
  change(value)
  local result, errors = import(assert(json.encode(value)))
  assert.is_nil(result)
  return table.concat(errors, "\n")
end

local CASES = {
  {
    "a text that is too long",
    function(v) v.faqs[4].answer = ("x"):rep(2001) end,
    "/faqs/3/answer: must be text of 1 to 2000 characters",
  },
  {
    "an empty answer",
    function(v) v.faqs[1].answer = "" end,
    "/faqs/0/answer: must be text of 1 to 2000 characters",
  },
  {
    "a language with an empty text",
    function(v) v.faqs[1].answer.de = " " end,
    "/faqs/0/answer/de: must not be blank",
  },
  { "an unknown field", function(v) v.contact.fon = "1" end, "/contact/fon: is not a known field" },
  { "an unknown section", function(v) v.faq = {} end, "/faq: is not a known field" },
  { "a missing field", function(v) v.faqs[2].question = nil end, "/faqs/1/question: is missing" },
  {
    "a number as text",
    function(v) v.business.name = 7 end,
    "/business/name: must be text of 1 to 120 characters",
  },
  {
    "a bad clock",
    function(v) v.hours.weekly.friday[1][1] = "25:00" end,
    "/hours/weekly/friday/0/0: must be a time such as 09:30",
  },
  {
    "a shift with one end",
    function(v) v.hours.weekly.friday[1] = { "09:00" } end,
    "/hours/weekly/friday/0: must have 2 to 2 entries",
  },
  {
    "a bad day",
    function(v) v.hours.exceptions[1].date = "02-30" end,
    "/hours/exceptions/0/date: must be a date such as 2026-12-24, or 12-24 for every year",
  },
  {
    "a span that ends before it begins",
    function(v) v.hours.exceptions[1] = { from = "2026-12-24", to = "2026-12-20", open = json.array {} } end,
    "/hours/exceptions/0/to: must not be before 'from', and be written the same way",
  },
  {
    "a weekday that is none",
    function(v) v.hours.weekly.freitag = {} end,
    "/hours/weekly/freitag: is not a known field",
  },
  {
    "an id given twice",
    function(v) v.products[2].id = v.products[1].id end,
    "/products/1/id: 'gift-voucher' is used twice",
  },
  {
    "a reference to nothing",
    function(v) v.catalogues[1].items[2] = "nothing" end,
    "/catalogues/0/items/1: there is no product or service 'nothing'",
  },
  {
    "a negative price",
    function(v) v.services[1].price.amount = -1 end,
    "/services/0/price/amount: must be a number from 0 to 10000000",
  },
  {
    "a bad web address",
    function(v) v.social[1].url = "javascript:alert(1)" end,
    "/social/0/url: must be a web address that begins with https://",
  },
  {
    "a bad domain",
    function(v) v.bot.domains[1] = "https://x" end,
    "/bot/domains/0: must be a host name such as shop.example or *.shop.example",
  },
  {
    "a status that is none",
    function(v) v.pages[1].status = "done" end,
    "/pages/0/status: must be one of queued, fetching, parsing, indexing, ready, failed, stale",
  },
  { "another format", function(v) v.format = "2" end, "/format: must be one of azentiko-dataset-1" },
  { "a list where an object belongs", function(v) v.contact = { "a" } end, "/contact: must be an object" },
  {
    "a null",
    function(v) v.contact.fax = json.null end,
    "/contact/fax: must not be null: leave the field out",
  },
}

describe("a dataset", function()
  local import = demo.world():state(1).api.import

  it("gives rows for every kind of the demo business", function()
    local result = assert(import(source))
    local kinds = {}
    for _, row in ipairs(result.rows) do
      kinds[row.kind] = (kinds[row.kind] or 0) + 1
      assert.is_truthy(json.decode(row.body))
    end
    for _, kind in ipairs {
      "business",
      "contact",
      "address",
      "location",
      "hours",
      "owner",
      "social",
      "service",
      "product",
      "catalogue",
      "faq",
      "text",
      "page",
      "file",
      "custom",
    } do
      assert.is_truthy(kinds[kind], kind)
    end
    assert.equal("Gasthaus Lindenhof", result.tenant.name)
    assert.equal("localhost", json.decode(result.bot.domains)[1])
  end)

  it("says where text stops being JSON", function()
    local result, errors = import '{"format": '
    assert.is_nil(result)
    assert.is_truthy(errors[1]:find "^/: is not JSON: ")
  end)

  it("refuses a list and a number", function()
    assert.is_nil((import "[]"))
    assert.same({ "/: must be an object" }, select(2, import "7"))
  end)

  for _, case in ipairs(CASES) do
    it("refuses " .. case[1], function() assert.equal(case[3], errors_after(import, case[2])) end)
  end

  it("lists several errors at once", function()
    local errors = errors_after(import, function(v)
      v.contact.fon = "1"
      v.business.name = nil
    end)
    assert.equal("/business/name: is missing\n/contact/fon: is not a known field", errors)
  end)
end)

describe("provision", function()
  local world = demo.world()

  -- What the host would commit and print.
  local function provision(text, options)
    local state = world:state(7)
    state.turn, state.actor = { writes = {}, effects = {} }, { kind = "provision", tenant = 7, key = "" }
    local lines = {}
    local session = { id = 1, out = lines, tenant = 7, kind = "provision", key = "" }
    world.sessions = { session }
    state.api.provision(text, options)
    for _, effect in ipairs(state.turn.effects) do
      effect()
    end
    return state.turn.writes, lines
  end

  it("writes the tenant, the bot and its rows", function()
    local writes, lines = provision(source, { public_key = "pk_demo" })
    assert.equal("tenant.create", writes[1][1])
    assert.equal("bot.create", writes[2][1])
    assert.equal("pk_demo", writes[2][3])
    assert.equal("dataset.put", writes[3][1])
    assert.equal("key pk_demo", lines[3])
  end)

  it("knows the time zones that there are", function()
    local writes, lines = provision((source:gsub("Europe/Berlin", "Europe/Brelin", 1)), {})
    assert.equal(0, #writes)
    assert.is_truthy(lines[1]:find "/timezone: there is no such time zone$")
  end)

  it("writes nothing for a broken file", function()
    local writes, lines = provision("{}", {})
    assert.equal(0, #writes)
    assert.equal("/bot: is missing", lines[1])
  end)
end)
