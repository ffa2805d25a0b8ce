-- The ledger: events, endpoints, deliveries and their attempts.

-- name: event.insert
-- id, n, type, target or null, bot or null, subject or null, body, waiting, at
INSERT INTO event (tenant, id, n, type, target, bot, subject, body, waiting, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: event.waiting
-- limit; in their order, without their bodies
SELECT id, n, type, target, bot, subject, at FROM event
WHERE tenant = $1 AND waiting = 1 ORDER BY n LIMIT $2;

-- name: event.dispatched
-- id
-- expect: one
UPDATE event SET waiting = 0 WHERE tenant = $1 AND id = $2 AND waiting = 1;

-- name: event.list
-- before n, limit; newest first
SELECT id, n, type, target, bot, subject, body, at FROM event
WHERE tenant = $1 AND n < $2 ORDER BY n DESC LIMIT $3;

-- name: event.get
-- id
SELECT id, n, type, target, bot, subject, body, at FROM event WHERE tenant = $1 AND id = $2;

-- name: event.recent
-- limit; of all tenants, for screenplays and the simulation
-- tenant: none
SELECT tenant, id, CASE WHEN target IS NULL THEN 'event' ELSE 'webhook' END AS topic,
       coalesce(target, type) AS key, body, at AS created_at
FROM event ORDER BY n LIMIT $1;

-- name: endpoint.insert
-- id, bot and script or null, url or null, events, secret, headers, description, created_at
INSERT INTO endpoint (tenant, id, bot, script, url, events, secret, headers, description, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'on', $10, $10);

-- name: endpoint.update
-- id, url, events, headers, description, updated_at
-- expect: one
UPDATE endpoint SET url = $3, events = $4, headers = $5, description = $6, updated_at = $7
WHERE tenant = $1 AND id = $2 AND script IS NULL;

-- name: endpoint.rotate
-- id, new secret, old secret, old_until, updated_at
-- expect: one
UPDATE endpoint SET secret = $3, old_secret = $4, old_until = $5, updated_at = $6 WHERE tenant = $1 AND id = $2;

-- name: endpoint.switch
-- id, state, reason or null, updated_at; a fresh start for its failures
-- expect: one
UPDATE endpoint SET state = $3, reason = $4, updated_at = $5, failures = 0, failing_since = NULL, paused_until = 0
WHERE tenant = $1 AND id = $2;

-- name: endpoint.health
-- id, failures, failing_since or null, paused_until
UPDATE endpoint SET failures = $3, failing_since = $4, paused_until = $5 WHERE tenant = $1 AND id = $2;

-- name: endpoint.delete
-- id
-- expect: one
DELETE FROM endpoint WHERE tenant = $1 AND id = $2;

-- name: endpoint.get
-- id
SELECT id, bot, script, url, events, secret, old_secret, old_until, headers, description, state, reason,
       failures, failing_since, paused_until, created_at, updated_at
FROM endpoint WHERE tenant = $1 AND id = $2;

-- name: endpoint.list
-- after id, limit
SELECT id, bot, script, url, events, secret, old_secret, old_until, headers, description, state, reason,
       failures, failing_since, paused_until, created_at, updated_at
FROM endpoint WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: endpoint.listening
SELECT id, script, events, state FROM endpoint WHERE tenant = $1 ORDER BY id;

-- name: delivery.insert
-- endpoint, event, n, subject or null, due_at, updated_at. A second time nothing.
INSERT INTO delivery (tenant, endpoint, event, n, subject, state, due_at, updated_at)
VALUES ($1, $2, $3, $4, $5, 'waiting', $6, $7) ON CONFLICT DO NOTHING;

-- name: delivery.due
-- endpoint, now, limit, characters: the earliest due first, then the order of the
-- events; the first, and as many more as have so many characters of body in all
SELECT event, n, subject, state, attempts, due_at, body, shaped, type, bot, at FROM (
    SELECT d.event, d.n, d.subject, d.state, d.attempts, d.due_at, coalesce(d.body, e.body) AS body,
           d.body AS shaped, e.type, e.bot, e.at,
           sum(length(coalesce(d.body, e.body))) OVER (ORDER BY d.due_at, d.n) AS total,
           length(coalesce(d.body, e.body)) AS own
    FROM (SELECT event, n, subject, state, attempts, due_at, body FROM delivery
          WHERE tenant = $1 AND endpoint = $2 AND state IN ('waiting', 'shaping') AND due_at <= $3
          ORDER BY due_at, n LIMIT $4) AS d
    JOIN event e ON e.tenant = $1 AND e.id = d.event) AS due
WHERE total <= CAST($5 AS bigint) OR total = own
ORDER BY due_at, n;

-- name: delivery.next_due
-- endpoint
SELECT min(due_at) AS due_at FROM delivery
WHERE tenant = $1 AND endpoint = $2 AND state IN ('waiting', 'shaping');

-- name: delivery.shape
-- endpoint, event, state, body or null, updated_at
-- expect: one
UPDATE delivery SET state = $4, body = $5, updated_at = $6 WHERE tenant = $1 AND endpoint = $2 AND event = $3;

-- name: delivery.tried
-- endpoint, event, state, attempts, due_at, last_status or null, updated_at
-- expect: one
UPDATE delivery SET state = $4, attempts = $5, due_at = $6, last_status = $7, updated_at = $8
WHERE tenant = $1 AND endpoint = $2 AND event = $3 AND state IN ('waiting', 'shaping');

-- name: delivery.replay
-- endpoint, event, now: once more from the first attempt
-- expect: one
UPDATE delivery SET state = 'waiting', attempts = 0, due_at = $4, updated_at = $4
WHERE tenant = $1 AND endpoint = $2 AND event = $3;

-- name: delivery.replay_range
-- endpoint, from n, to n, now: all of a time that were sent or given up
UPDATE delivery SET state = 'waiting', attempts = 0, due_at = $5, updated_at = $5
WHERE tenant = $1 AND endpoint = $2 AND n >= $3 AND n < $4 AND state IN ('delivered', 'failed');

-- name: delivery.recover
-- endpoint, from n, now: what failed since then, and what waits is due now
UPDATE delivery SET state = 'waiting', attempts = 0, due_at = $4, updated_at = $4
WHERE tenant = $1 AND endpoint = $2 AND n >= $3 AND state IN ('waiting', 'failed');

-- name: delivery.list
-- endpoint, before n, limit; newest first
SELECT d.event, d.n, d.state, d.attempts, d.due_at, d.last_status, d.updated_at, e.type, e.at
FROM delivery d JOIN event e ON e.tenant = d.tenant AND e.id = d.event
WHERE d.tenant = $1 AND d.endpoint = $2 AND d.n < $3 ORDER BY d.n DESC LIMIT $4;

-- name: delivery.get
-- endpoint, event
SELECT d.event, d.n, d.state, d.attempts, d.due_at, d.last_status, d.updated_at, e.type, e.at,
       coalesce(d.body, e.body) AS body
FROM delivery d JOIN event e ON e.tenant = d.tenant AND e.id = d.event
WHERE d.tenant = $1 AND d.endpoint = $2 AND d.event = $3;

-- name: delivery.drop
-- endpoint: its queue goes with it
DELETE FROM delivery WHERE tenant = $1 AND endpoint = $2;

-- name: attempt.insert
-- endpoint, event, at, attempt, status or null, ms, answer or null, error or null
INSERT INTO attempt (tenant, endpoint, event, at, attempt, status, ms, answer, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: attempt.list
-- endpoint, event; in order
SELECT at, attempt, status, ms, answer, error FROM attempt
WHERE tenant = $1 AND endpoint = $2 AND event = $3 ORDER BY at, attempt;

-- Deleting a tenant.

-- name: tenant.erase_events
DELETE FROM event WHERE tenant = $1;

-- name: tenant.erase_endpoints
DELETE FROM endpoint WHERE tenant = $1;

-- name: tenant.erase_deliveries
DELETE FROM delivery WHERE tenant = $1;

-- name: tenant.erase_attempts
DELETE FROM attempt WHERE tenant = $1;
