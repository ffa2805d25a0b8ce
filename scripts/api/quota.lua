-- How many requests a key may make: a bucket of tokens in the tenant's state,
-- where all requests of a key meet whatever connection they came by. Kept in
-- memory only: a restart or reload fills it.
local host = require "host"

local quota = {}

local BURST, SECONDS = 600, 60 -- as many at once, and refilled in that time
local KNOWN_MAX = 1000

local buckets, count = {}, 0 -- cache: key id -> { tokens, at }; bounded

local POLICY = ('"default";q=%d;w=%d'):format(BURST, SECONDS)

local function bucket_of(key, now)
  local bucket = buckets[key]
  if bucket then return bucket end
  if count >= KNOWN_MAX then
    buckets, count = {}, 0
  end
  bucket = { tokens = BURST, at = now }
  buckets[key], count = bucket, count + 1
  return bucket
end

-- Takes a token. true or false, and the headers that say how things stand.
function quota.take(key)
  local now = host.mono()
  local bucket = bucket_of(key, now)
  local rate = BURST / (SECONDS * 1000) -- tokens a millisecond
  bucket.tokens = math.min(BURST, bucket.tokens + (now - bucket.at) * rate)
  bucket.at = now
  local granted = bucket.tokens >= 1
  if granted then bucket.tokens = bucket.tokens - 1 end
  local left = math.floor(bucket.tokens)
  local until_full = math.ceil((BURST - bucket.tokens) / rate / 1000)
  local headers = {
    ["ratelimit-policy"] = POLICY,
    ratelimit = ('"default";r=%d;t=%d'):format(left, until_full),
  }
  if not granted then
    headers["retry-after"] = tostring(math.max(1, math.ceil((1 - bucket.tokens) / rate / 1000)))
  end
  return granted, headers
end

return quota
