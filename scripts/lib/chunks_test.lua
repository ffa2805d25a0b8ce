-- What providers say in their many ways.
local chunks = require "lib.chunks"

return {
  ["a piece of text, and nothing else"] = function(t)
    t.equal(chunks.read('{"choices":[{"delta":{"content":"Hi"}}]}').text, "Hi")
    for _, data in ipairs {
      '{"choices":[]}',
      '{"choices":null}',
      '{"choices":[{"delta":null}]}',
      '{"choices":[{"delta":{"content":null}}]}',
      '{"choices":[{"delta":{"role":"assistant"}}]}',
      '{"choices":[{"delta":{"reasoning_content":"hm"}}]}',
      '{"choices":[],"usage":null}',
      "{}",
    } do
      t.equal(chunks.read(data).text, "")
    end
    t.equal(
      chunks.read('{"choices":[{"delta":{"content":[{"type":"text","text":"a"},{"text":"b"}]}}]}').text,
      "ab"
    )
    t.equal(chunks.read('{"choices":[{"message":{"content":"all"}}]}').text, "all")
  end,

  ["the end, what it took, and nonsense"] = function(t)
    t.truthy(chunks.read(" [DONE] ").done)
    t.equal(chunks.read('{"choices":[{"finish_reason":"length"}]}').finish, "length")
    t.equal(chunks.read('{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}').usage.output, 4)
    t.equal(chunks.read "{", nil)
    t.equal(chunks.read "7", nil)
  end,

  ["errors in every form"] = function(t)
    t.equal(chunks.read('{"error":{"message":"m","code":"c"}}').error.code, "c")
    t.equal(chunks.read('{"error":"m"}').error.message, "m")
    t.equal(chunks.fault(400, '{"detail":"d"}').message, "d")
    t.equal(chunks.fault(400, '[{"error":{"message":"g"}}]').message, "g")
    t.equal(chunks.fault(502, "<html>Bad</html>").message, "status 502")
    t.equal(chunks.fault(500, "upstream is away").message, "upstream is away")
  end,

  ["who may be asked again"] = function(t)
    for status, again in pairs {
      [408] = true,
      [409] = true,
      [429] = true,
      [503] = true,
      [400] = false,
      [401] = false,
    } do
      t.equal(chunks.fault(status, "").again, again)
    end
    t.equal(chunks.fault(429, '{"error":{"code":"insufficient_quota"}}').again, false)
    t.truthy(chunks.fault(401, "").owner)
    t.equal(chunks.fault(500, "").owner, false)
    local now = 1792567600000 -- Wed, 21 Oct 2026 07:26:40
    t.equal(chunks.retry_after("retry-after: 2\n", now), 2000)
    t.equal(chunks.retry_after("x: y\nretry-after-ms: 300\nretry-after: 2\n", now), 300)
    t.equal(chunks.retry_after("retry-after: Wed, 21 Oct 2026 07:28:00 GMT\n", now), 80000)
    t.equal(chunks.retry_after("retry-after: Tue, 20 Oct 2026 07:28:00 GMT\n", now), 0)
    t.equal(chunks.retry_after("retry-after: soon\n", now), nil)
  end,
}
