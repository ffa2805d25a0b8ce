-- The `store` module: see prelude/signature for what an entry holds. Data only.
local KEY = { "key", "string", "1 to 64 letters, digits and `_ . : -`" }

local function entries(owner, whose)
  return {
    {
      name = owner .. ".get",
      params = { KEY },
      returns = { { "any", "what was kept, nil when nothing was" } },
      short = "Gives a value that is kept with the " .. whose .. ".",
      example = ([[
local store = require "store"
chat:say("Visits: %%s", tostring(store.%s.get "visits"))]]):format(owner),
      talk = { "Visits: nil" },
    },
    {
      name = owner .. ".set",
      params = { KEY, { "value", "any", "a text, number, boolean or a table of them; nil forgets it" } },
      short = "Keeps a value with the " .. whose .. ".",
      doc = "Part of the turn: it is stored with the messages of the turn, or not at all.",
      errors = { "too many keys", "the value is too large or cannot be written as JSON" },
      limits = owner == "bot" and "1,000 keys, 4,096 bytes each as JSON"
        or "50 keys, 4,096 bytes each as JSON",
      example = ([[
local store = require "store"
store.%s.set("favourite", { dish = "soup" })
chat:say("You like %%s.", store.%s.get("favourite").dish)]]):format(owner, owner),
      talk = { "You like soup." },
    },
    {
      name = owner .. ".incr",
      params = { KEY, { "by", "integer?", "how much (1); may be negative" } },
      returns = { { "integer", "the new value" } },
      short = "Counts a number of the " .. whose .. " up, once.",
      doc = "Two chats that count at the same time get two different numbers. The step is stored at once, before the script goes "
        .. "on. In an event's handler it counts, but returns nothing.",
      errors = { "what is kept is no whole number", "too many keys" },
      example = ([[
local store = require "store"
chat:say("You are number %%d.", store.%s.incr "visits")]]):format(owner),
      talk = { "You are number 1." },
    },
    {
      name = owner .. ".delete",
      params = { KEY },
      short = "Forgets a value that is kept with the " .. whose .. ".",
      example = ([[
local store = require "store"
store.%s.delete "favourite"
chat:say(store.%s.get "favourite" == nil and "Forgotten." or "Still there.")]]):format(owner, owner),
      talk = { "Forgotten." },
    },
  }
end

local functions = entries("bot", "bot, for all of its visitors")
for _, entry in ipairs(entries("visitor", "visitor, over all conversations with the bot")) do
  functions[#functions + 1] = entry
end

return {
  area = "store",
  title = "The store",
  call = "store.",
  module = "store",
  doc = "Small values by key: `store.bot` is shared by all visitors of the bot, `store.visitor` belongs to one visitor. No other bot and "
    .. "no other business can reach them. Reading is a step, writing happens once.",
  types = {},
  functions = functions,
}
