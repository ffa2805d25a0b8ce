-- The `text` module: see prelude/signature for what an entry holds. Data only.
local S = { "text", "string", "" }

return {
  area = "text",
  title = "Texts",
  call = "text.",
  module = "text",
  doc = "Text as people type it. Pure functions; they are no steps.",
  types = {},
  functions = {
    {
      name = "fold",
      params = { S },
      returns = { { "string", "lower case, without accents and signs" } },
      short = "Makes texts comparable.",
      example = [[
local text = require "text"
chat:say(text.fold "Crème  Brûlée!")]],
      talk = { "creme brulee" },
    },
    {
      name = "words",
      params = { { "folded", "string", "from `text.fold`" } },
      returns = { { "string[]", "" } },
      short = "The words of a folded text.",
      example = [[
local text = require "text"
chat:say("%d words", #text.words(text.fold "A table, please!"))]],
      talk = { "3 words" },
    },
    {
      name = "trim",
      params = { S },
      returns = { { "string", "" } },
      short = "Without blanks at both ends.",
      example = [[
local text = require "text"
chat:say("[%s]", text.trim "  soup ")]],
      talk = { "[soup]" },
    },
    {
      name = "pick",
      params = { { "value", "text", "" }, { "language", "string", "`en`, `de`, …" } },
      returns = { { "string", "in the language, else in English, else any" } },
      short = "One language of a text.",
      example = [[
local text = require "text"
chat:say(text.pick({ en = "soup", de = "Suppe" }, "de"))]],
      talk = { "Suppe" },
    },
    {
      name = "language",
      params = { { "tag", "string", "`de-AT`" }, { "languages", "string[]", "" } },
      returns = { { "string?", "`de`, when it is one of the languages" } },
      short = "The language of a tag.",
      example = [[
local text = require "text"
chat:say(text.language("de-AT", { "en", "de" }))]],
      talk = { "de" },
    },
    {
      name = "length",
      params = { S },
      returns = { { "integer?", "characters; nil when it is no UTF-8" } },
      short = "How many characters.",
      example = [[
local text = require "text"
chat:say("%d", text.length "Brûlée")]],
      talk = { "6" },
    },
    {
      name = "cut",
      params = { S, { "max", "integer", "characters" } },
      returns = { { "string", "" } },
      short = "At most so many characters.",
      example = [[
local text = require "text"
chat:say(text.cut("Brûlée", 3))]],
      talk = { "Brû…" },
    },
    {
      name = "list",
      params = { { "items", "string[]", "" }, { "word", "string", "before the last" } },
      returns = { { "string", "`a, b and c`" } },
      short = "A list in words.",
      example = [[
local text = require "text"
chat:say(text.list({ "soup", "bread", "wine" }, "and"))]],
      talk = { "soup, bread and wine" },
    },
  },
}
