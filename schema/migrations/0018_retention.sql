-- What is kept for a time is forgotten by a daily job of each account
-- (scripts/actors/janitor.lua); a new account brings its own.
INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at)
SELECT id, 'retention', 'retention', 'all', '{}', created_at, created_at + 86400000 FROM tenant
WHERE true
ON CONFLICT DO NOTHING;

CREATE INDEX hook_seen_at ON hook_seen (tenant, at);
