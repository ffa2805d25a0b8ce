-- Work for later, written with the turn that wants it. Claim is a batch with
-- a result: it takes due rows of all tenants under a lease, and a claimer that
-- died loses its rows to the next one when the lease is over.

-- name: outbox.insert
-- id, topic, key, body, created_at, due_at
INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: outbox.claim
-- now, lease_until, limit
-- tenant: none
-- on: sqlite
UPDATE outbox SET lease_until = $2, attempts = attempts + 1
WHERE (tenant, id) IN (SELECT tenant, id FROM outbox
                       WHERE done_at IS NULL AND due_at <= $1 AND lease_until <= $1
                       ORDER BY due_at LIMIT $3)
RETURNING tenant, id, topic, key, body, created_at, due_at, attempts;
-- on: postgres
UPDATE outbox SET lease_until = $2, attempts = attempts + 1
WHERE (tenant, id) IN (SELECT tenant, id FROM outbox
                       WHERE done_at IS NULL AND due_at <= $1 AND lease_until <= $1
                       ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED)
RETURNING tenant, id, topic, key, body, created_at, due_at, attempts;

-- name: outbox.done
-- id, at
-- expect: one
UPDATE outbox SET done_at = $3 WHERE tenant = $1 AND id = $2 AND done_at IS NULL;

-- name: outbox.retry
-- id, due_at; gives the lease back
-- expect: one
UPDATE outbox SET due_at = $3, lease_until = 0 WHERE tenant = $1 AND id = $2 AND done_at IS NULL;

-- name: outbox.prune
-- done before, of all tenants
-- tenant: none
DELETE FROM outbox WHERE done_at < $1;
