-- The clients' HTTP API: keys and remembered answers.

-- name: api_key.insert
-- id, hash, name, scopes, created_at, expires_at or null
INSERT INTO api_key (tenant, id, hash, name, scopes, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: api_key.list
-- after id, limit
SELECT id, name, scopes, created_at, expires_at, revoked_at, used_day FROM api_key
WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: api_key.get
-- id
SELECT id, name, scopes, created_at, expires_at, revoked_at, used_day FROM api_key
WHERE tenant = $1 AND id = $2;

-- name: api_key.revoke
-- id, at; a second time changes nothing and fails
-- expect: one
UPDATE api_key SET revoked_at = $3 WHERE tenant = $1 AND id = $2 AND revoked_at IS NULL;

-- The way in from the street: nobody knows the tenant yet.

-- name: api_key.by_hash
-- hash
-- tenant: none
SELECT k.tenant, k.id, k.name, k.scopes, k.expires_at, k.revoked_at, k.used_day, t.status AS tenant_status
FROM api_key k JOIN tenant t ON t.id = k.tenant WHERE k.hash = $1;

-- name: api_key.used
-- tenant, id, day
-- tenant: none
UPDATE api_key SET used_day = $3 WHERE tenant = $1 AND id = $2 AND coalesce(used_day, 0) < $3;

-- name: api_answer.insert
-- api key, idempotency key, hash of the request, status, body, at
INSERT INTO api_answer (tenant, api_key, idempotency_key, request, status, body, at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: api_answer.get
-- api key, idempotency key, not older than
SELECT request, status, body FROM api_answer
WHERE tenant = $1 AND api_key = $2 AND idempotency_key = $3 AND at >= $4;

-- name: api_answer.prune
-- older than
DELETE FROM api_answer WHERE tenant = $1 AND at < $2;
