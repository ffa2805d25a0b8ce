-- Hooks: webhooks that come in, and the ids that have come.

-- name: hook.insert
-- id, bot, name, deliver, secret, description, created_at
INSERT INTO hook (tenant, id, bot, name, deliver, secret, description, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'on', $8, $8);

-- name: hook.update
-- id, deliver, description, state, updated_at
-- expect: one
UPDATE hook SET deliver = $3, description = $4, state = $5, updated_at = $6 WHERE tenant = $1 AND id = $2;

-- name: hook.rotate
-- id, new secret, old secret, old_until, updated_at
-- expect: one
UPDATE hook SET secret = $3, old_secret = $4, old_until = $5, updated_at = $6 WHERE tenant = $1 AND id = $2;

-- name: hook.delete
-- id; the ids that came go with it
-- expect: one
DELETE FROM hook WHERE tenant = $1 AND id = $2;

-- name: hook.get
-- id
SELECT id, bot, name, deliver, secret, old_secret, old_until, description, state, received_at, created_at, updated_at
FROM hook WHERE tenant = $1 AND id = $2;

-- name: hook.list
-- after id, limit
SELECT id, bot, name, deliver, secret, old_secret, old_until, description, state, received_at, created_at, updated_at
FROM hook WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: hook.named
-- bot, name
SELECT id FROM hook WHERE tenant = $1 AND bot = $2 AND name = $3;

-- name: hook.owner
-- id: whose it is, for the door that knows nothing else
-- tenant: none
SELECT h.tenant, t.status AS tenant_status FROM hook h JOIN tenant t ON t.id = h.tenant WHERE h.id = $1;

-- name: hook.seen
-- hook, id of the message
SELECT id FROM hook_seen WHERE tenant = $1 AND hook = $2 AND id = $3;

-- name: hook.see
-- hook, id, at: once, or the turn is not committed
INSERT INTO hook_seen (tenant, hook, id, at) VALUES ($1, $2, $3, $4);

-- name: hook.received
-- id, at
UPDATE hook SET received_at = $3 WHERE tenant = $1 AND id = $2;

