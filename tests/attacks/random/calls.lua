-- Random calls of everything that a script can reach, with random values, from
-- a seed: what is looked for is a report of a sanitizer or a dead process.
local bot = require "bot"
local json, text, time, log = require "json", require "text", require "time", require "log"
local business = require "business"

local CALLS <const> = 400 -- a turn
local LIBRARIES <const> = { string, table, math, utf8, coroutine, json, text, time, log, business }
local BASE <const> = {
  tostring,
  tonumber,
  type,
  select,
  next,
  pairs,
  ipairs,
  rawget,
  rawset,
  rawlen,
  rawequal,
  setmetatable,
  getmetatable,
  pcall,
  xpcall,
  error,
  assert,
  require,
}
local CHAT <const> = {
  "say",
  "show",
  "block",
  "answer",
  "handover",
  "end_chat",
  "set",
  "get",
  "now",
  "random",
  "is_open",
  "go",
  "submit",
  "reset",
  "commands",
  "date_text",
  "phrase",
  "effect",
  "rating",
  "lead",
  "callback",
  "ticket",
}

-- Functions by name, so that the order is the same in each run.
local functions = {}
for _, library in ipairs(LIBRARIES) do
  for _, value in pairs(library) do
    if type(value) == "function" then functions[#functions + 1] = value end
  end
end
for _, value in ipairs(BASE) do
  functions[#functions + 1] = value
end

local state

local function pick(n)
  state = (state * 6364136223846793005 + 1442695040888963407) & math.maxinteger
  return (state >> 20) % n + 1
end

local TEXTS <const> = {
  "",
  "a",
  "%s",
  "%d",
  "(a*)%1",
  "%b()",
  "%f[%w]",
  "[a-z]+",
  ".-b",
  "\0\255",
  "main",
  "hours",
  "2026-12-24",
  "i4",
  "<s1z",
  "__index",
  "__gc",
  "__mode",
  "\u{20ac}\u{10ffff}",
  "{hours.today}",
  "k",
  "1e308",
  "0x7fffffffffffffff",
}
local NUMBERS <const> = {
  0,
  1,
  -1,
  2,
  100,
  0.5,
  -0.0,
  1e308,
  0 / 0,
  1 / 0,
  -1 / 0,
  math.maxinteger,
  math.mininteger,
  1 << 31,
  1 << 53,
  255,
  10001,
}

local function value(depth)
  local kind = pick(12)
  if kind <= 3 then return TEXTS[pick(#TEXTS)] end
  if kind <= 6 then return NUMBERS[pick(#NUMBERS)] end
  if kind == 7 then return pick(2) == 1 end
  if kind == 8 then return nil end
  if kind == 9 then return functions[pick(#functions)] end
  if kind == 10 then return TEXTS[pick(#TEXTS)]:rep(pick(300)) end
  if kind == 11 then return coroutine.create(functions[pick(#functions)]) end
  local t = {}
  if depth > 0 then
    for i = 1, pick(4) do
      t[i] = value(depth - 1)
      local key = value(0)
      if key ~= nil and key == key then t[key] = value(depth - 1) end
    end
  end
  if pick(4) == 1 then
    pcall(setmetatable, t, { __index = value(0), __tostring = functions[pick(#functions)] })
  end
  return t
end

bot.command "random-calls" {
  title = "Random calls",
  hidden = true,
  run = function(chat, args)
    state = args.seed
    for _ = 1, CALLS do
      if pick(3) == 1 then
        pcall(function(...) return chat[CHAT[pick(#CHAT)]](chat, ...) end, value(2), value(2), value(1))
      else
        pcall(functions[pick(#functions)], value(2), value(2), value(1), value(1))
      end
    end
  end,
}
