-- What scripts may use without `require`, beside Lua's own: see
-- prelude/signature for what an entry holds. Data only.
return {
  area = "global",
  title = "Without require",
  call = "",
  doc = "Beside Lua's basic functions and its libraries `string`, `table`, `math` and `utf8`.",
  types = {},
  functions = {
    {
      name = "t",
      params = { { "texts", "table", "a text for each language, by two letters" } },
      returns = { { "text", "the same table, for every place that takes a text" } },
      short = "A text for each language.",
      doc = "A visitor gets the own language, else English, else any. A plain table does the same; `t` finds a slip at once, with "
        .. "its line.",
      errors = { "a key is no language", "a text is missing" },
      example = [[
local soup = t { en = "soup", de = "Suppe" }
chat:say("We have %s.", soup)
chat:say(t { en = "Enjoy!", de = "Guten Appetit!" })]],
      talk = { "We have soup.", "Enjoy!" },
    },
  },
}
