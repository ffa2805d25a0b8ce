-- Which actor of the row's tenant does a job, by topic.
--   actor(row)  kind and key of the actor; nil for a row that makes no sense
--   attempts    so many claims, then the row is given up (a dead letter)
local topics = {}

-- A durable timer (prelude/jobs.lua): its key names the actor that set it.
topics.timer = {
  attempts = 20,
  actor = function(row) return string.match(row.key, "^(%l+)/(.+)$") end,
}

return topics
