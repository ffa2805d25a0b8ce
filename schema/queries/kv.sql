-- Small values of scripts by key (scripts/prelude/kv.lua). scope: '' for the
-- bot's own, else the visitor that they belong to.

-- name: kv.get
-- bot, scope, key
SELECT value FROM kv WHERE tenant = $1 AND bot = $2 AND scope = $3 AND name = $4;

-- name: kv.count
-- bot, scope
SELECT count(*) AS count FROM kv WHERE tenant = $1 AND bot = $2 AND scope = $3;

-- name: kv.put
-- bot, scope, key, value, at
INSERT INTO kv (tenant, bot, scope, name, value, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, bot, scope, name) DO UPDATE SET value = excluded.value, at = excluded.at;

-- name: kv.incr
-- bot, scope, key, by, at. What is there is a whole number: its writers see to that.
INSERT INTO kv (tenant, bot, scope, name, value, at)
VALUES ($1, $2, $3, $4, CAST(CAST($5 AS bigint) AS text), $6)
ON CONFLICT (tenant, bot, scope, name)
DO UPDATE SET value = CAST(CAST(kv.value AS bigint) + CAST(excluded.value AS bigint) AS text), at = excluded.at;

-- name: kv.incr_step
-- bot, scope, key, conversation, dialog, step, at: the step's value is what
-- kv.incr before it in the batch has made.
INSERT INTO step (tenant, conversation, dialog, step, kind, value, at)
SELECT tenant, CAST($5 AS text), CAST($6 AS text), CAST($7 AS bigint), 'store.incr', value, CAST($8 AS bigint) FROM kv
WHERE tenant = $1 AND bot = $2 AND scope = $3 AND name = $4;

-- name: kv.delete
-- bot, scope, key
DELETE FROM kv WHERE tenant = $1 AND bot = $2 AND scope = $3 AND name = $4;
