-- /v1/bots/{bot}/dataset: what a business tells its bot.
local entries = require "api.dataset_entries"
local pages = require "api.pages"
local shapes = require "api.shapes"

local BODY_MAX = 131072 -- a text of 20,000 characters in several languages
local ENTRY = "The entry; its fields are those of a dataset file."

local entry = shapes.object { id = shapes.text(60), body = shapes.anything(ENTRY) }

return {
  {
    method = "GET",
    path = "/v1/bots/{bot}/dataset",
    scope = "dataset:read",
    summary = "How many entries of which kind the bot's dataset has",
    responses = {
      [200] = {
        description = "Kinds that have entries",
        schema = shapes.object {
          kinds = shapes.list(shapes.object { kind = shapes.text(20), entries = { type = "integer" } }),
        },
      },
    },
    run = entries.counts,
  },
  {
    method = "GET",
    path = "/v1/bots/{bot}/dataset/{kind}",
    scope = "dataset:read",
    summary = "Entries of one kind, in their order",
    list = true,
    responses = { [200] = { description = "Entries", schema = pages.schema(entry) } },
    run = entries.list,
  },
  {
    method = "GET",
    path = "/v1/bots/{bot}/dataset/{kind}/{entry}",
    scope = "dataset:read",
    summary = "One entry",
    responses = { [200] = { description = "The entry", schema = entry } },
    run = entries.get,
  },
  {
    method = "PUT",
    path = "/v1/bots/{bot}/dataset/{kind}/{entry}",
    scope = "dataset:write",
    summary = "Adds or replaces an entry",
    description = "Checked by the rules of a dataset file. Conversations answer from it at once.",
    body = {
      type = "object",
      additionalProperties = true,
      description = ENTRY,
      example = { question = "Do you deliver?", answer = "Yes, within the city." },
    },
    body_max = BODY_MAX,
    responses = {
      [200] = { description = "Replaced", schema = entry },
      [201] = { description = "Added", schema = entry },
    },
    run = entries.put,
  },
  {
    method = "DELETE",
    path = "/v1/bots/{bot}/dataset/{kind}/{entry}",
    scope = "dataset:write",
    summary = "Removes an entry",
    responses = { [204] = { description = "Removed" }, [409] = { description = "Every bot has this one" } },
    run = entries.remove,
  },
}
