-- The visitor's page of a play: says hello, numbers its messages, comes back
-- after a loss with what it has seen, and reads what the server wrote. `stage`
-- has the functions of play.c; they take and give texts.
local json = require "json"

local page = {}
page.__index = page

-- Where webhooks go on a stage (scripts/prelude/posts.lua), and what they hear
-- unless the play says otherwise.
local WEBHOOKS = "https://webhook.invalid/"
local TAKEN = "* 200"

function page.new(stage)
  stage.web(WEBHOOKS .. TAKEN)
  return setmetatable({ stage = stage, last = 0, count = 0 }, page)
end

-- The frames that came since the last look.
local function hear(self)
  local frames = assert(json.decode(self.stage.hear()))
  for _, frame in ipairs(frames) do
    if frame.type == "message" and frame.seq > self.last then self.last = frame.seq end
    if frame.type == "menu" then self.menu = frame.menu end
    if frame.type == "closed" then
      error(("the server closed the line: %d %s"):format(frame.code, frame.reason), 0)
    end
  end
  return frames
end

-- Opens a line and says hello -> the frames after `ready`: what was missed.
local function connect(self)
  self.stage.connect()
  self.stage.say(json.encode {
    type = "hello",
    visitor = self.visitor_token,
    conversation = self.conversation,
    after = self.last,
    locale = self.locale,
    page = self.url and { url = self.url } or nil,
  })
  local frames = hear(self)
  local ready = table.remove(frames, 1)
  if not ready or ready.type ~= "ready" then
    error("hello was answered with: " .. (ready and json.encode(ready) or "nothing"), 0)
  end
  self.visitor_token, self.conversation, self.menu = ready.visitor, ready.conversation, ready.bot.menu
  return frames
end

function page:visitor(locale)
  self.locale = locale
  connect(self)
end

-- The visitor goes to a page of the site -> the frames that came back.
function page:visit(url)
  self.url = url
  if not self.visitor_token then return {} end
  self.stage.say(json.encode { type = "page", page = { url = url } })
  return hear(self)
end

-- The page asks for its menu of commands again.
function page:ask_menu()
  self.stage.say '{"type":"menu"}'
  return hear(self)
end

-- One frame -> the frames that came back.
function page:send(frame)
  self.count = self.count + 1
  frame.cid = "c" .. self.count
  self.stage.say(json.encode(frame))
  return hear(self)
end

-- Lets time pass -> what the bot said meanwhile.
function page:wait(ms)
  self.stage.wait(tostring(ms))
  return hear(self)
end

function page:clock(ms) self.stage.clock(tostring(ms)) end

-- kill -9, start, and the page reconnects when it was connected before.
function page:restart()
  self.stage.restart()
  return self.visitor_token and connect(self) or {}
end

function page:store(works) self.stage.store(works and "works" or "fails") end

-- "URL STATUS BODY": what is at an address of the outside; a name instead of
-- the address: what a webhook is answered.
function page:web(line) self.stage.web(line:find "^%l+://" and line or WEBHOOKS .. line) end

-- What was told to the outside so far: { id, topic, key, body = table }, rows in
-- their order, then webhooks that were sent at once.
function page:outbox()
  local rows = assert(json.decode(self.stage.outbox()))
  for i, request in ipairs(assert(json.decode(self.stage.requests()))) do
    local name = request.url:sub(1, #WEBHOOKS) == WEBHOOKS and request.url:sub(#WEBHOOKS + 1)
    if name then
      rows[#rows + 1] = { id = "request " .. i, topic = "webhook", key = name, body = request.body }
    end
  end
  for _, row in ipairs(rows) do
    row.body = assert(json.decode(row.body))
  end
  return rows
end

-- What the server has logged as errors, a text each.
function page:errors()
  local lines = {}
  for i, entry in ipairs(assert(json.decode(self.stage.errors()))) do
    lines[i] = entry.msg .. (entry.error and ": " .. entry.error or "")
  end
  return lines
end

return page
