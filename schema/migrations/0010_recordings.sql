-- The daily job that forgets recordings, for bots that are there already; a
-- new one brings its own (scripts/prelude/recordings.lua).
INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at)
SELECT tenant, 'recordings/' || id, 'recordings', id, '{}', created_at, created_at + 86400000 FROM bot
WHERE true
ON CONFLICT DO NOTHING;
