-- The `time` module: see prelude/signature for what an entry holds. Data only.
return {
  area = "time",
  title = "Times and dates",
  call = "time.",
  module = "time",
  doc = "Calendar arithmetic. Pure functions; the time itself is `chat:now()`. Days are numbers since 1970-01-01.",
  fields = {
    { "SECOND", "integer", "in milliseconds" },
    { "MINUTE", "integer", "in milliseconds" },
    { "HOUR", "integer", "in milliseconds" },
    { "DAY", "integer", "in milliseconds" },
  },
  types = {
    Civil = {
      doc = "A time as people say it.",
      fields = {
        { "year", "integer", "" },
        { "month", "integer", "" },
        { "day", "integer", "" },
        { "weekday", "integer", "1 is Monday" },
        { "days", "integer", "since 1970-01-01" },
        { "hour", "integer", "" },
        { "minute", "integer", "" },
        { "second", "integer", "" },
      },
    },
  },
  functions = {
    {
      name = "add_days",
      params = { { "date", "date", "" }, { "days", "integer", "may be negative" } },
      returns = { { "string", "a date" } },
      short = "The date so many days later.",
      example = [[
local time = require "time"
chat:say(time.add_days("2026-12-30", 3))]],
      talk = { "2027-01-02" },
    },
    {
      name = "days_between",
      params = { { "from", "date", "" }, { "to", "date", "" } },
      returns = { { "integer", "negative when `to` is earlier" } },
      short = "How many days lie between two dates.",
      example = [[
local time = require "time"
chat:say("%d days", time.days_between("2026-12-24", "2026-12-31"))]],
      talk = { "7 days" },
    },
    {
      name = "parse_date",
      params = { { "date", "string", "`2026-12-24`" } },
      returns = { { "integer?", "days; nil when it is no date" } },
      short = "The number of a date.",
      example = [[
local time = require "time"
chat:say("%s", tostring(time.parse_date "2026-02-30"))]],
      talk = { "nil" },
    },
    {
      name = "format_date",
      params = { { "days", "integer", "" } },
      returns = { { "string", "`2026-12-24`" } },
      short = "The date of a number.",
      example = [[
local time = require "time"
chat:say(time.format_date(time.days(2026, 12, 24)))]],
      talk = { "2026-12-24" },
    },
    {
      name = "days",
      params = { { "year", "integer", "" }, { "month", "integer", "" }, { "day", "integer", "" } },
      returns = { { "integer", "days" } },
      short = "The number of a day.",
      example = [[
local time = require "time"
chat:say("%d", time.days(1970, 1, 2))]],
      talk = { "1" },
    },
    {
      name = "weekday",
      params = { { "days", "integer", "" } },
      returns = { { "integer", "1 is Monday" } },
      short = "The day of the week.",
      example = [[
local time = require "time"
chat:say("%d", time.weekday(time.parse_date "2026-12-24"))]],
      talk = { "4" },
    },
    {
      name = "civil",
      params = { { "ms", "integer", "since 1970, UTC" } },
      returns = { { "Civil", "" } },
      short = "A time in its parts, UTC.",
      example = [[
local time = require "time"
chat:say("%d", time.civil(chat:now()).month)]],
      talk = { "11" },
    },
    {
      name = "rfc3339",
      params = { { "ms", "integer", "since 1970, UTC" } },
      returns = { { "string", "`2026-11-22T14:00:00.000Z`" } },
      short = "A time as computers write it.",
      example = [[
local time = require "time"
chat:say(time.rfc3339(0))]],
      talk = { "1970-01-01T00:00:00.000Z" },
    },
    {
      name = "parse_rfc3339",
      params = { { "text", "string", "with `Z` or an offset" } },
      returns = { { "integer?", "ms; nil when malformed" } },
      short = "Reads such a time.",
      example = [[
local time = require "time"
chat:say("%d", time.parse_rfc3339 "1970-01-01T00:00:01Z")]],
      talk = { "1000" },
    },
    {
      name = "parse_clock",
      params = { { "clock", "string", "`09:30`" } },
      returns = { { "integer?", "minutes of the day; nil when malformed" } },
      short = "The minutes of a time of day.",
      example = [[
local time = require "time"
chat:say("%d", time.parse_clock "09:30")]],
      talk = { "570" },
    },
    {
      name = "format_clock",
      params = { { "minutes", "integer", "" } },
      returns = { { "string", "`09:30`" } },
      short = "The time of day of minutes.",
      example = [[
local time = require "time"
chat:say(time.format_clock(570))]],
      talk = { "09:30" },
    },
    {
      name = "parse_period",
      params = { { "period", "string", "`5s`, `2h`, `3d`" } },
      returns = { { "integer?", "ms; nil when malformed" } },
      short = "Reads a length of time.",
      example = [[
local time = require "time"
chat:say("%d", time.parse_period "2d" // time.HOUR)]],
      talk = { "48" },
    },
  },
}
