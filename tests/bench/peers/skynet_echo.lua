-- WebSocket echo on skynet: one gate that accepts, 20 agents that answer, as
-- in its own examples. Run with `start = "skynet_echo"` in the config.
local skynet = require "skynet"
local socket = require "skynet.socket"
local driver = require "skynet.socketdriver"
local websocket = require "http.websocket"

local AGENTS = 20
local role = ...

if role == "agent" then
  local handle = {}
  function handle.message(id, text) websocket.write(id, text) end

  skynet.start(function()
    skynet.dispatch("lua", function(_, _, id, address) websocket.accept(id, handle, "ws", address) end)
  end)
else
  skynet.start(function()
    local agents = {}
    for i = 1, AGENTS do
      agents[i] = skynet.newservice("skynet_echo", "agent")
    end
    local turn = 0
    local listener = socket.listen("127.0.0.1", tonumber(skynet.getenv "port"), 4096)
    socket.start(listener, function(id, address)
      driver.nodelay(id) -- it writes head and text apart: without, each reply waits 40 ms
      turn = turn % AGENTS + 1
      skynet.send(agents[turn], "lua", id, address)
    end)
  end)
end
