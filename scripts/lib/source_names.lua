-- The global names that a Lua source reads or sets, with their lines: for the
-- check, since a name inside a function is met only when somebody talks to it.
-- It reads tokens, not the grammar: a name counts as declared when the file
-- declares it anywhere. So it may miss a fault, but never reports a sound name.
local source_names = {}

local find, sub = string.find, string.sub

local KEYWORDS = {}
for word in
  string.gmatch(
    "and break do else elseif end false for function goto if in local nil not or repeat return then true until while",
    "%l+"
  )
do
  KEYWORDS[word] = true
end

-- The end of a long bracket "[==[ ... ]==]" that begins at i, or nil.
local function long_end(source, i)
  local _, _, level = find(source, "^%[(=*)%[", i)
  if not level then return nil end
  local _, stop = find(source, "]" .. level .. "]", i, true)
  return stop or #source
end

local function string_end(source, i)
  local quote = sub(source, i, i)
  local at = i + 1
  while at <= #source do
    local c = sub(source, at, at)
    if c == "\\" then
      at = at + 1
    elseif c == quote or c == "\n" then
      return at
    end
    at = at + 1
  end
  return at
end

-- visit(kind, text, line, literal): kind is "name", "string" or "mark" (one
-- character); literal is what stands between the quotes of a string, as written.
local function each_token(source, visit)
  local i, line = 1, 1
  local function skip_to(stop)
    local _, breaks = string.gsub(sub(source, i, stop), "\n", "")
    line, i = line + breaks, stop + 1
  end
  while i <= #source do
    local c = sub(source, i, i)
    local _, name_stop = find(source, "^[%a_][%w_]*", i)
    if find(c, "%s") then
      skip_to(i)
    elseif find(source, "^%-%-", i) then
      skip_to(long_end(source, i + 2) or (find(source, "\n", i, true) or #source + 1) - 1)
    elseif long_end(source, i) then
      visit("string", "", line)
      skip_to(long_end(source, i))
    elseif c == '"' or c == "'" then
      local stop = string_end(source, i)
      visit("string", "", line, sub(source, i + 1, stop - 1))
      skip_to(stop)
    elseif name_stop then
      visit("name", sub(source, i, name_stop), line)
      i = name_stop + 1
    elseif find(c, "%d") then
      local _, stop = find(source, "^0[xX][%x%.]*[pP]?[+-]?%x*", i)
      if not stop then
        _, stop = find(source, "^[%d%.]+[eE]?[+-]?%d*", i)
      end
      visit("string", "", line)
      i = stop + 1
    else
      local two = sub(source, i, i + 1)
      local mark = (two == "==" or two == "~=" or two == "<=" or two == ">=" or two == "::" or two == "..")
          and two
        or c
      visit("mark", mark, line)
      i = i + #mark
    end
  end
end

local OPENS = { ["function"] = "block", ["if"] = "block", ["do"] = "block", ["repeat"] = "block" }

-- What the scan is in the middle of: `declaring` is nil, a list of names after
-- "local" or "for", "function" until its parenthesis, or its "parameters".
local Scan = {}
Scan.__index = Scan

function Scan:keyword(word, before)
  if OPENS[word] then self.stack[#self.stack + 1] = "block" end
  if word == "end" or word == "until" then self.stack[#self.stack] = nil end
  if word == "local" or word == "for" then
    self.declaring = word
  elseif word == "function" then
    self.declaring = before == "local" and "local function" or "function"
  elseif word == "in" or word == "do" then
    self.declaring = nil
  end
end

function Scan:name(token, before, after)
  local declaring, name = self.declaring, token[2]
  if declaring == "local function" then
    self.declared[name], self.declaring = true, "function"
  elseif declaring == "local" or declaring == "for" or declaring == "parameters" then
    if before ~= "<" then self.declared[name] = true end -- else an attribute: <const>
    if declaring == "local" and before ~= "<" and after ~= "," and after ~= "<" then self.declaring = nil end
  else
    local field = before == "." or before == ":" or before == "goto" or before == "::"
    local key = self.stack[#self.stack] == "table" and after == "="
    if field or key then return end
    self.used[#self.used + 1] = { name = name, line = token[3], set = after == "=" and before ~= "," }
  end
end

function Scan:mark(mark, after)
  local declaring = self.declaring
  if mark == "{" then
    self.stack[#self.stack + 1] = "table"
  elseif mark == "}" then
    self.stack[#self.stack] = nil
  elseif mark == "(" and declaring == "function" then
    self.declaring = "parameters"
  elseif mark == ")" and declaring == "parameters" then
    self.declaring = nil
  elseif declaring == "local" and mark ~= "," and mark ~= "<" and (mark ~= ">" or after ~= ",") then
    self.declaring = nil
  elseif declaring == "for" and mark == "=" then
    self.declaring = nil
  end
end

-- One pass: what is declared, and which names are used as variables.
local function scan(source)
  local self = setmetatable({ declared = {}, used = {}, stack = {} }, Scan)
  local tokens = {}
  each_token(source, function(kind, text, line) tokens[#tokens + 1] = { kind, text, line } end)
  for i, token in ipairs(tokens) do
    local kind, text = token[1], token[2]
    local before, after = tokens[i - 1] and tokens[i - 1][2], tokens[i + 1] and tokens[i + 1][2]
    if kind == "mark" then
      self:mark(text, after)
    elseif kind == "name" and KEYWORDS[text] then
      self:keyword(text, before)
    elseif kind == "name" then
      self:name(token, before, after)
    end
  end
  return self.declared, self.used
end

-- The list of { name, line } that neither the file nor `known` declares.
function source_names.unknown(source, known)
  local declared, used = scan(source)
  local list, seen = {}, {}
  for _, use in ipairs(used) do
    if not declared[use.name] and not known[use.name] and not seen[use.name] then
      seen[use.name] = true
      list[#list + 1] = use
    end
  end
  return list
end

-- One look-up in a variable, from the tokens behind its name: see members().
local function member_at(tokens, i)
  local function text(at) return tokens[at] and tokens[at][2] end
  local function name(at) return tokens[at] and tokens[at][1] == "name" and tokens[at][2] or nil end
  local mark, first = text(i), name(i + 1)
  if not first or (mark ~= "." and mark ~= ":") then return nil end
  local use, at = { name = first, path = first, mark = mark, line = tokens[i + 1][3] }, i + 2
  if text(at) == "." and name(at + 1) then
    use.path, at = first .. "." .. name(at + 1), at + 2
  end
  local argument = tokens[text(at) == "(" and at + 1 or at]
  use.called = text(at) == "(" or text(at) == "{" or (tokens[at] ~= nil and tokens[at][1] == "string")
  use.given = argument and (argument[4] or name(text(at) == "(" and at + 1 or 0))
  use.literal = argument and argument[4]
  if use.literal then
    at = text(at) == "(" and at + 3 or at + 1
    use.method = text(at) == ":" and name(at + 1) or nil
  end
  return use
end

-- What is looked up in a variable: `chat:say "x"`, `store.bot.get("x")`, as a
-- list of { name, path = "bot.get" where two follow, mark = "." or ":", line,
-- called, given = a name or literal as first value, literal = a text as that,
-- method = what is called on the result }; and how often the file assigns to it.
function source_names.members(source, variable)
  local tokens, list, assigned = {}, {}, 0
  each_token(source, function(...) tokens[#tokens + 1] = { ... } end)
  local function is(i, mark) return tokens[i] ~= nil and tokens[i][2] == mark end
  for i, token in ipairs(tokens) do
    if token[1] == "name" and token[2] == variable and not is(i - 1, ".") and not is(i - 1, ":") then
      if is(i - 1, "local") or is(i + 1, "=") then assigned = assigned + 1 end
      list[#list + 1] = member_at(tokens, i + 1)
    end
  end
  return list, assigned
end

return source_names
