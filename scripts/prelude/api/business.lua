-- The `business` module: see prelude/signature for what an entry holds. Data only.
return {
  area = "business",
  title = "The business",
  call = "business.",
  module = "business",
  doc = "What the business has told (`dataset.md`), read-only. Every call is a step: a dialog that is run again sees what it saw. "
    .. 'Times are milliseconds since 1970 as `chat:now()` gives them; days are `"2026-12-24"` at the business.',
  types = {
    ListOptions = {
      fields = {
        { "limit", "integer?", "entries at most (100)" },
        { "offset", "integer?", "leave out so many first (0)" },
      },
    },
    Shift = {
      doc = "A time of opening.",
      fields = { { "from", "clock", "`09:00`" }, { "to", "clock", "`17:30`" } },
    },
    DayHours = {
      doc = "The hours of a day.",
      fields = {
        { "date", "date", "the day" },
        { "open", "Shift[]", "empty when closed; a shift may end after midnight" },
        { "name", "string?", "of the holiday or exception" },
      },
    },
  },
  functions = {
    {
      name = "list",
      params = {
        { "kind", "string", "`service product faq text custom location …`" },
        { "options", "ListOptions?", "" },
      },
      returns = { { "table[]", "as in the dataset; empty when there are none" } },
      short = "The entries of one kind.",
      errors = { "the entries are more than a step can keep" },
      limits = "32 KiB as JSON a call",
      example = [[
local business = require "business"
chat:say("We offer %d services.", #business.list "service")]],
      talk = { "We offer * services." },
    },
    {
      name = "fill",
      params = { { "text", "string", "with `{placeholders}`" } },
      returns = { { "string", "with what the business has told" } },
      short = "Fills in a text's placeholders.",
      example = [[
local business = require "business"
chat:say("We are at %s.", business.fill "{contact.address}")]],
      talk = { "We are at *." },
    },
    {
      name = "name",
      params = {},
      returns = { { "string", "" } },
      short = "The bot's name.",
      example = [[
local business = require "business"
chat:say("I am %s.", business.name())]],
      talk = { "I am *." },
    },
    {
      name = "open_at",
      params = { { "ms", "integer?", "a time; left out: now" } },
      returns = { { "boolean?", "nil when the business has given no hours" } },
      short = "Is it open at a time?",
      example = [[
local business = require "business"
chat:say("Open: %s.", tostring(business.open_at()))]],
      talk = { "Open: *." },
    },
    {
      name = "next_opening",
      params = { { "ms", "integer?", "after this time; left out: now" } },
      returns = {
        { "integer?", "a time; nil when none is known" },
        { "string?", "`tomorrow at 09:00`, in the visitor's language" },
      },
      short = "When does it open next?",
      example = [[
local business = require "business"
local at, words = business.next_opening()
if at then chat:say("We open %s.", words) end]],
      talk = { "We open *." },
    },
    {
      name = "hours_on",
      params = { { "date", "date?", "a day; left out: today" } },
      returns = { { "DayHours?", "nil when the business has given no hours" } },
      short = "The hours of a day, exceptions included.",
      example = [[
local business = require "business"
local day = business.hours_on "2026-12-24"
if #day.open == 0 then chat:say("Closed: %s.", day.name or day.date) end]],
      talk = { "Closed: *." },
    },
    {
      name = "holidays",
      params = { { "days", "integer?", "look so many days ahead (90), at most 400" } },
      returns = { { "DayHours[]", "days with hours of their own, the nearest first" } },
      short = "The coming days that are not as usual.",
      example = [[
local business = require "business"
local holidays = business.holidays(60)
chat:say("The next one is %s.", holidays[1].date)]],
      talk = { "The next one is 2026-12-24." },
    },
    {
      name = "today",
      params = {},
      returns = { { "string", "a day, `2026-12-24`" } },
      short = "Today, at the business.",
      example = [[
local business = require "business"
chat:say("Today is %s.", chat:date_text(business.today()))]],
      talk = { "Today is Sunday, 22 November." },
    },
  },
}
