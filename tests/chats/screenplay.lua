-- Reads and plays screenplays (tests/chats/README.md). The player talks to a
-- driver, so that the same files run on the fake host and on a server:
--   driver:visitor(locale)      a new visitor says hello
--   driver:send(frame)          one frame -> the list of frames that came back
--   driver:clock(ms)            sets the time; driver:now() reads it
--   driver:restart()            kill -9, start, reconnect -> the frames that were missed
--   driver:store(up)            the store goes away or comes back
--   driver:outbox()             rows written so far: { topic, key, body = table }
local screenplay = {}

local VERBS = {
  "visitor picks",
  "visitor fills",
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
  "with",
  "restart server",
  "store fails",
  "store works",
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
      for _, verb in ipairs(VERBS) do
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

-- "We are closed*" -> a pattern for the whole text; blanks and line ends count as one.
local function pattern_of(glob)
  glob = glob:gsub("%s+", " "):gsub("[%(%)%.%%%+%-%?%[%]%^%$]", "%%%0"):gsub("%*", ".*")
  return "^" .. glob .. "$"
end

local function fits(glob, text) return (text:gsub("%s+", " ")):find(pattern_of(glob)) ~= nil end

local Play = {}
Play.__index = Play

function Play:fail(message) error(("%s:%d: %s"):format(self.name, self.step.line, message), 0) end

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
  if self.said[1] then self:fail("the bot also said: " .. (self.said[1].text or self.said[1].kind)) end
  if self.fault then self:fail("the server said: " .. self.fault.code) end
end

function Play:send(frame)
  self:nothing_left()
  if not self.started then
    self.driver:visitor(self.locale)
    self.started = true
  end
  self.count = self.count + 1
  frame.cid = "c" .. self.count
  self:take(self.driver:send(frame))
end

local function options_of(block) return block and (block.options or block.items) or {} end

local play = {}

play["visitor"] = function(self, arg) self:send { type = "message", text = arg } end

play["visitor picks"] = function(self, arg)
  for _, option in ipairs(options_of(self.last)) do
    if option.label == arg then return self:send { type = "choice", value = option.value } end
  end
  self:fail("there is no button '" .. arg .. "'")
end

play["visitor commands"] = function(self, arg) self:send { type = "command", name = arg, args = {} } end

-- visitor fills lead: name = Ada; email = ada@example.org
play["visitor fills"] = function(self, arg)
  local form, rest = arg:match "^([%w_%-]+):%s*(.*)$"
  if not form then self:fail "write: visitor fills FORM: field = value; field = value" end
  local fields = {}
  for field in rest:gmatch "[^;]+" do
    local name, value = field:match "^%s*([%w_]+)%s*=%s*(.-)%s*$"
    if not name then self:fail("cannot read the field '" .. field .. "'") end
    fields[name] = value
  end
  self:send { type = "form", form = form, fields = fields }
end

play["bot"] = function(self, arg)
  local block = table.remove(self.said, 1)
  if not block then self:fail("the bot said nothing, expected: " .. arg) end
  self.last = block
  local text = block.text or block.title or ""
  if not fits(arg, text) then self:fail(("the bot said: %s\n  expected: %s"):format(text, arg)) end
end

play["bot says nothing"] = function(self) self:nothing_left() end

-- The labels of the choices or menu that the last `bot` line showed.
play["buttons"] = function(self, arg)
  local labels = {}
  for i, option in ipairs(options_of(self.last)) do
    labels[i] = option.label
  end
  local found = table.concat(labels, " | ")
  if not fits(arg, found) then self:fail(("the buttons are: %s\n  expected: %s"):format(found, arg)) end
end

play["form"] = function(self, arg)
  local block = self.last
  if not block or block.form ~= arg then self:fail("there is no form '" .. arg .. "'") end
end

play["status"] = function(self, arg)
  if self.status ~= arg then self:fail("the status is " .. tostring(self.status)) end
end

play["error"] = function(self, arg)
  local fault = self.fault
  self.fault = nil
  if not fault or fault.code ~= arg then self:fail("there was no error " .. arg) end
end

play["clock"] = function(self, arg)
  self.driver:clock(self.parse_time(arg) or self:fail("cannot read the time '" .. arg .. "'"))
end

-- wait 2 hours
play["wait"] = function(self, arg)
  local count, unit = arg:match "^(%d+) (%a-)s?$"
  local ms = ({ second = 1000, minute = 60000, hour = 3600000, day = 86400000 })[unit]
  if not ms then self:fail("cannot read '" .. arg .. "'") end
  self.driver:clock(self.driver:now() + tonumber(count) * ms)
end

play["locale"] = function(self, arg) self.locale = arg end

play["with"] = function() end -- read by the caller before the play begins

play["restart server"] = function(self) self:take(self.driver:restart()) end

play["store fails"] = function(self) self.driver:store(false) end

play["store works"] = function(self) self.driver:store(true) end

local function outbox_row(self, topic, arg, describe)
  local name, rest = arg:match "^(%S+)%s*(.*)$"
  self.seen = self.seen or {}
  for i, row in ipairs(self.driver:outbox()) do
    if
      not self.seen[i]
      and row.topic == topic
      and row.key == name
      and fits("*" .. rest .. "*", describe(row))
    then
      self.seen[i] = true
      return
    end
  end
  self:fail(("no %s '%s' was sent"):format(topic, arg))
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

-- Plays the steps; nil, or the message of the first line that did not hold.
function screenplay.play(steps, name, driver, parse_time)
  local self =
    setmetatable({ name = name, driver = driver, parse_time = parse_time, said = {}, count = 0 }, Play)
  local ok, message = pcall(function()
    for _, step in ipairs(steps) do
      self.step = step
      play[step.verb](self, step.arg)
    end
    if self.step then self:nothing_left() end
  end)
  if not ok then return message end
  return nil
end

return screenplay
