-- The `log` module: see prelude/signature for what an entry holds. Data only.
local function entry(level, short)
  return {
    name = level,
    params = {
      { "message", "any", "a text, or a pattern as for `string.format`" },
      { "...", "any", "fill it in" },
    },
    short = short,
    doc = "Appears in the bot's script log with its file and line (`azentiko script log`). In a dialog it is written once.",
    limits = "500 characters; 20 lines a turn and 120 a minute for each bot, then a line says how many were left out",
    example = ([[
local log = require "log"
log.%s("asked for %%d tables", 3)
chat:say "Noted."]]):format(level),
    talk = { "Noted." },
  }
end

return {
  area = "log",
  title = "The log",
  call = "log.",
  module = "log",
  doc = "Lines for the author. Do not log what visitors would not want you to keep.",
  types = {},
  functions = {
    entry("info", "Writes a line."),
    entry("warn", "Writes a line that somebody should look at."),
    entry("error", "Writes a line about a fault."),
  },
}
