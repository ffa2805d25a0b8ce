-- Which actor of the row's tenant does a job, by topic.
--   actor(row)  kind and key of the actor; nil for a row that makes no sense
--   attempts    so many claims, then the row is given up (a dead letter)
local topics = {}

-- A durable timer (prelude/jobs.lua): its key names the actor that set it.
topics.timer = {
  attempts = 20,
  actor = function(row) return string.match(row.key, "^(%l+)/(.+)$") end,
}

-- Events that wait for their deliveries: one row a tenant, armed by each.
topics.events = { attempts = 1000000, actor = function() return "events", "all" end }

-- One row an endpoint, armed by each delivery; the sender's key is the endpoint.
topics.deliver = { attempts = 1000000, actor = function(row) return "sender", row.key end }

-- One row a tenant, armed by each mail.
topics.mail = { attempts = 1000000, actor = function() return "mailer", "all" end }

-- What the team wrote on a ticket, for the conversation of the visitor.
topics["ticket.message"] = { attempts = 20, actor = function(row) return "conversation", row.key end }

-- What an account forgets: one row a tenant, once a day.
topics.retention = { attempts = 1000000, actor = function() return "janitor", "all" end }

-- A bot's recordings of conversations: one row a bot, once a day.
topics.recordings = { attempts = 1000000, actor = function(row) return "recordings", row.key end }

-- What came in by a hook: for scripts without a conversation, or in the one that it named.
topics["hook.event"] = { attempts = 5, actor = function(row) return "hook", row.key end }
topics["hook.chat"] = { attempts = 20, actor = function(row) return "conversation", row.key end }

return topics
