-- How long recordings are kept.
local demo = require "tests.lua.demo"

describe("the retention of recordings", function()
  local recordings = demo.platform(demo.world()) "prelude.recordings"

  it("knows the id that a moment would give", function()
    -- 2026-11-25T00:00:00Z as UUIDv7 begins with its 48 bits of milliseconds
    local early, late = recordings.id_at(1795564800000), recordings.id_at(1795564800001)
    assert.equal(15, #early)
    assert.is_true(early < late)
    assert.is_true(recordings.id_at(0) == "conv_0000000000")
    assert.is_true(recordings.id_at(1795564800000) < "conv_" .. string.sub(late, 6) .. "0000000000000000")
  end)
end)
