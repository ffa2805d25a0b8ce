-- The `json` module: see prelude/signature for what an entry holds. Data only.
return {
  area = "json",
  title = "JSON",
  call = "json.",
  module = "json",
  doc = "Texts in JSON. Whole numbers stay whole; an empty table is an object unless it is `json.array {}`.",
  types = {},
  functions = {
    {
      name = "encode",
      params = { { "value", "any", "texts, numbers, booleans and tables of them" } },
      returns = { { "string?", "nil when it cannot be written" }, { "string?", "why" } },
      short = "Writes a value as JSON.",
      example = [[
local json = require "json"
chat:say(json.encode { dish = "soup", count = 2 })]],
      talk = { '{"count":2,"dish":"soup"}' },
    },
    {
      name = "decode",
      params = { { "text", "string", "JSON" } },
      returns = { { "any", "nil when it is not JSON" }, { "string?", "why" } },
      short = "Reads JSON of at most 128 KiB.",
      example = [[
local json = require "json"
chat:say("%d portions", json.decode('{"count":2}').count)]],
      talk = { "2 portions" },
    },
    {
      name = "array",
      params = { { "list", "table", "" } },
      returns = { { "table", "the same table" } },
      short = "Makes an empty table a list when it is written.",
      example = [[
local json = require "json"
chat:say(json.encode { dishes = json.array {} })]],
      talk = { '{"dishes":[]}' },
    },
  },
}
