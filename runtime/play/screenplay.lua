-- Reads and plays screenplays (tests/chats/README.md): what is said goes to
-- the visitor's page (page.lua), what came back is compared line by line.
local time = require "scripts.lib.time"

local screenplay = {}

screenplay.verbs = {
  "visitor picks",
  "visitor fills",
  "visitor sends",
  "visitor commands",
  "visitor",
  "bot says nothing",
  "bot",
  "buttons",
  "form",
  "status",
  "error",
  "clock",
  "wait",
  "locale",
  "page",
  "menu",
  "with",
  "restart server",
  "store fails",
  "store works",
  "web",
  "webhook",
  "event",
}

-- text -> list of { line, verb, arg }, or nil, message
function screenplay.parse(text, name)
  local steps, number = {}, 0
  for line in (text .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    line = line:match "^%s*(.-)%s*$"
    if line ~= "" and line:sub(1, 1) ~= "#" then
      local step
      for _, verb in ipairs(screenplay.verbs) do
        local rest = line:sub(1, #verb) == verb and line:sub(#verb + 1)
        if rest and (rest == "" or rest:find "^[:%s]") then
          step = { line = number, verb = verb, arg = rest:match "^:?%s*(.-)$" }
          break
        end
      end
      if not step then return nil, ("%s:%d: cannot read '%s'"):format(name, number, line) end
      steps[#steps + 1] = step
    end
  end
  return steps
end

local function one_line(text) return (text:gsub("%s+", " ")) end

-- "We are *closed*": does the whole text fit? Blanks and line ends count as
-- one. Part by part, for a pattern with many stars takes too many steps.
local function fits(glob, text)
  local parts = {}
  glob, text = one_line(glob), one_line(text)
  for part in (glob .. "*"):gmatch "([^*]*)%*" do
    parts[#parts + 1] = part
  end
  if #parts == 1 then return glob == text end
  local first, last = parts[1], parts[#parts]
  if text:sub(1, #first) ~= first then return false end
  local at = #first + 1
  for i = 2, #parts - 1 do
    local _, to = text:find(parts[i], at, true)
    if not to then return false end
    at = to + 1
  end
  return #text - #last + 1 >= at and text:sub(#text - #last + 1) == last
end

local Play = {}
Play.__index = Play

-- What ends the play: screenplay.play adds the line.
local function fail(message) error(message, 0) end

-- What came back, kept until the play looks at it.
function Play:take(frames)
  for _, frame in ipairs(frames) do
    if frame.type == "message" and frame.from == "bot" then
      for _, block in ipairs(frame.blocks) do
        self.said[#self.said + 1] = block
      end
    elseif frame.type == "status" then
      self.status = frame.conversation
    elseif frame.type == "error" then
      self.fault = frame
    end
  end
end

-- Before somebody speaks again, everything that the bot said was expected.
function Play:nothing_left()
  local block, fault = self.said[1], self.fault
  if block then
    fail("expected nothing more, the bot said: " .. one_line(block.text or block.title or block.kind))
  end
  if fault then fail(("expected no error, the server said: %s (%s)"):format(fault.code, fault.title)) end
end

function Play:begin()
  if self.started then return end
  self.page:visitor(self.locale)
  self.started = true
end

function Play:send(frame)
  self:nothing_left()
  self:begin()
  self:take(self.page:send(frame))
end

local function options_of(block) return block and (block.options or block.items) or {} end

local play = {}

play["visitor"] = function(self, arg) self:send { type = "message", text = arg } end

play["visitor picks"] = function(self, arg)
  for _, option in ipairs(options_of(self.last)) do
    if option.label == arg then return self:send { type = "choice", value = option.value } end
  end
  fail(("expected the button '%s', there is none"):format(arg))
end

play["visitor commands"] = function(self, arg) self:send { type = "command", name = arg, args = {} } end

-- visitor fills lead: name = Ada; email = ada@example.org
play["visitor fills"] = function(self, arg)
  local form, rest = arg:match "^([%w_%-]+):%s*(.*)$"
  if not form then fail "write: visitor fills FORM: field = value; field = value" end
  local fields = {}
  for field in rest:gmatch "[^;]+" do
    local name, value = field:match "^%s*([%w_]+)%s*=%s*(.-)%s*$"
    if not name then fail("cannot read the field '" .. field .. "'") end
    fields[name] = value
  end
  self:send { type = "form", form = form, fields = fields }
end

-- visitor sends: photo.jpg image/jpeg 120000
play["visitor sends"] = function(self, arg)
  local name, kind, size = arg:match "^(.-)%s+(%l[%w%-%+%.]*/[%w%-%+%.]+)%s*(%d*)$"
  if not name then fail "write: visitor sends: NAME TYPE [BYTES], as in photo.jpg image/jpeg 120000" end
  self:send { type = "file", file = { title = name, type = kind, size = math.tointeger(size) or 1000 } }
end

play["bot"] = function(self, arg)
  local block = table.remove(self.said, 1)
  if not block then fail("expected: " .. arg .. ", the bot said nothing") end
  self.last = block
  local text = block.text or block.title or ""
  if not fits(arg, text) then fail(("expected: %s, the bot said: %s"):format(arg, one_line(text))) end
end

play["bot says nothing"] = function(self) self:nothing_left() end

-- The labels of the choices or menu that the last `bot` line showed.
play["buttons"] = function(self, arg)
  local labels = {}
  for i, option in ipairs(options_of(self.last)) do
    labels[i] = option.label
  end
  local found = table.concat(labels, " | ")
  if not fits(arg, found) then fail(("expected the buttons: %s, there are: %s"):format(arg, found)) end
end

play["form"] = function(self, arg)
  local block = self.last
  if not block or block.form ~= arg then fail(("expected the form '%s', there is none"):format(arg)) end
end

play["status"] = function(self, arg)
  if self.status ~= arg then fail(("expected the status %s, it is %s"):format(arg, tostring(self.status))) end
end

play["error"] = function(self, arg)
  local fault = self.fault
  self.fault = nil
  local code = fault and fault.code or "nothing"
  if code ~= arg then fail(("expected the error %s, the server said: %s"):format(arg, code)) end
end

play["clock"] = function(self, arg)
  self.page:clock(time.parse_rfc3339(arg) or fail("cannot read the time '" .. arg .. "'"))
end

-- wait 2 hours
play["wait"] = function(self, arg)
  local count, unit = arg:match "^(%d+) (%a-)s?$"
  local ms = ({ second = time.SECOND, minute = time.MINUTE, hour = time.HOUR, day = time.DAY })[unit]
  if not ms then fail("cannot read '" .. arg .. "'") end
  self:take(self.page:wait(tonumber(count) * ms))
end

play["locale"] = function(self, arg) self.locale = arg end

play["page"] = function(self, arg) self:take(self.page:visit(arg)) end

-- The commands that the page offers at this moment: "Title | Title (Group)".
play["menu"] = function(self, arg)
  self:begin()
  self:take(self.page:ask_menu())
  local titles = {}
  for i, command in ipairs(self.page.menu) do
    titles[i] = command.title .. (command.group and (" (%s)"):format(command.group) or "")
  end
  local found = table.concat(titles, " | ")
  if not fits(arg, found) then fail(("expected the menu: %s, there is: %s"):format(arg, found)) end
end

play["with"] = function() end -- read by the caller before the play begins

play["restart server"] = function(self) self:take(self.page:restart()) end

play["store fails"] = function(self) self.page:store(false) end

play["web"] = function(self, arg) self.page:web(arg) end

play["store works"] = function(self) self.page:store(true) end

local function outbox_row(self, topic, arg, describe)
  local name, rest = arg:match "^(%S+)%s*(.*)$"
  self.seen = self.seen or {}
  for _, row in ipairs(self.page:outbox()) do
    if
      not self.seen[row.id]
      and row.topic == topic
      and row.key == name
      and fits("*" .. rest .. "*", describe(row))
    then
      self.seen[row.id] = true
      return
    end
  end
  fail(("expected the %s '%s', none was written"):format(topic, arg))
end

local function fields_of(row)
  local parts = {}
  local function visit(value)
    for k, v in pairs(value) do
      if type(v) == "table" then
        visit(v)
      else
        parts[#parts + 1] = k .. "=" .. tostring(v)
      end
    end
  end
  visit(row.body.data)
  table.sort(parts)
  return table.concat(parts, " ")
end

play["webhook"] = function(self, arg) outbox_row(self, "webhook", arg, fields_of) end

play["event"] = function(self, arg) outbox_row(self, "event", arg, fields_of) end

-- A play that reads well may still have broken a script.
local function no_errors(self)
  local errors = self.page:errors()
  if errors[1] then fail("a script failed: " .. table.concat(errors, "; ")) end
end

-- Plays the steps; nil, or "name:line: text" of the first that did not hold.
-- after(step), if there is one, is called behind each.
function screenplay.play(steps, name, page, after)
  local self, at = setmetatable({ page = page, said = {} }, Play), nil
  local ok, message = pcall(function()
    for _, step in ipairs(steps) do
      at = step.line
      play[step.verb](self, step.arg)
      if after then after(step) end
      no_errors(self)
    end
    self:nothing_left()
  end)
  if ok then return nil end
  return ("%s:%d: %s"):format(name, at or 1, tostring(message))
end

return screenplay
