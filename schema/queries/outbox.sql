-- Work for later, written with the turn that wants it. The claimer
-- (scripts/jobs/claimer.lua) takes due rows of all tenants under a lease:
-- due_at moves to the lease's end, so a row whose claimer or worker died is
-- due again by itself. Whoever ends a row names the lease, and finds nothing
-- when another has it by now.

-- name: outbox.insert
-- id, topic, key, body, created_at, due_at
INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: outbox.arm
-- id, topic, key, body, now, due_at. A job that comes again and again: due at
-- the earlier of both times, or, while it runs, once more after that.
INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, id) DO UPDATE SET version = outbox.version + 1, done_at = NULL,
    due_at = CASE WHEN outbox.lease_until > excluded.created_at OR outbox.due_at < excluded.due_at
                  THEN outbox.due_at ELSE excluded.due_at END;

-- name: outbox.set
-- id, topic, key, body, now, due_at. The same name set again replaces.
INSERT INTO outbox (tenant, id, topic, key, body, created_at, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant, id) DO UPDATE SET version = outbox.version + 1, done_at = NULL, attempts = 0,
    lease_until = 0, body = excluded.body, created_at = excluded.created_at, due_at = excluded.due_at;

-- name: outbox.cancel
-- id
DELETE FROM outbox WHERE tenant = $1 AND id = $2;

-- name: outbox.claim
-- now, lease_until, limit. Among the oldest due rows tenants take turns.
-- tenant: none
-- on: sqlite
UPDATE outbox SET lease_until = $2, due_at = $2, attempts = attempts + 1
WHERE rowid IN (
    SELECT row FROM (
        SELECT row, due_at, row_number() OVER (PARTITION BY tenant ORDER BY due_at) AS turn
        FROM (SELECT rowid AS row, tenant, due_at FROM outbox WHERE done_at IS NULL AND due_at <= $1
              ORDER BY due_at LIMIT $3 * 8) AS due) AS ranked
    ORDER BY turn, due_at LIMIT $3)
RETURNING tenant, id, topic, key, body, created_at, lease_until, attempts, version;
-- on: postgres
WITH ranked AS (
    SELECT tenant, id, due_at, row_number() OVER (PARTITION BY tenant ORDER BY due_at) AS turn
    FROM (SELECT tenant, id, due_at FROM outbox WHERE done_at IS NULL AND due_at <= $1
          ORDER BY due_at LIMIT CAST($3 AS bigint) * 8) AS due),
picked AS (SELECT tenant, id FROM ranked ORDER BY turn, due_at LIMIT $3),
taken AS (SELECT o.tenant, o.id FROM outbox o JOIN picked p ON p.tenant = o.tenant AND p.id = o.id
          WHERE o.done_at IS NULL AND o.due_at <= $1 FOR UPDATE OF o SKIP LOCKED)
UPDATE outbox SET lease_until = $2, due_at = $2, attempts = attempts + 1
WHERE (tenant, id) IN (SELECT tenant, id FROM taken)
RETURNING tenant, id, topic, key, body, created_at, lease_until, attempts, version;

-- name: outbox.claim_crowded
-- now, lease_until, limit, each. When there is more to do than one claim takes: the kinds of work of each tenant
-- (64 of them, those that have waited longest) give up to `each` rows, so whoever has thousands due holds up nobody.
-- tenant: none
-- on: sqlite
UPDATE outbox SET lease_until = $2, due_at = $2, attempts = attempts + 1
WHERE rowid IN (
    WITH RECURSIVE head (tenant, topic, due_at) AS (
        SELECT tenant, topic, due_at FROM (SELECT tenant, topic, due_at FROM outbox WHERE done_at IS NULL
                                           ORDER BY tenant, topic, due_at LIMIT 1)
        UNION ALL
        SELECT n.tenant, n.topic, n.due_at FROM head JOIN outbox n ON n.rowid = coalesce(
            (SELECT o.rowid FROM outbox o WHERE o.done_at IS NULL AND o.tenant = head.tenant AND o.topic > head.topic
             ORDER BY o.topic, o.due_at LIMIT 1),
            (SELECT o.rowid FROM outbox o WHERE o.done_at IS NULL AND o.tenant > head.tenant
             ORDER BY o.tenant, o.topic, o.due_at LIMIT 1))),
    longest AS (SELECT tenant, topic FROM head WHERE due_at <= $1 ORDER BY due_at LIMIT 64)
    SELECT row FROM (
        SELECT o.rowid AS row, o.due_at, row_number() OVER (PARTITION BY o.tenant, o.topic ORDER BY o.due_at) AS turn
        FROM longest l JOIN outbox o ON o.rowid IN (
            SELECT i.rowid FROM outbox i WHERE i.done_at IS NULL AND i.tenant = l.tenant AND i.topic = l.topic
                AND i.due_at <= $1 ORDER BY i.due_at LIMIT $4))
    ORDER BY turn, due_at LIMIT $3)
RETURNING tenant, id, topic, key, body, created_at, lease_until, attempts, version;
-- on: postgres
WITH RECURSIVE head (tenant, topic, due_at) AS (
    (SELECT tenant, topic, due_at FROM outbox WHERE done_at IS NULL ORDER BY tenant, topic, due_at LIMIT 1)
    UNION ALL
    SELECT n.tenant, n.topic, n.due_at FROM head CROSS JOIN LATERAL (
        SELECT o.tenant, o.topic, o.due_at FROM outbox o
        WHERE o.done_at IS NULL AND (o.tenant, o.topic) > (head.tenant, head.topic)
        ORDER BY o.tenant, o.topic, o.due_at LIMIT 1) AS n),
longest AS (SELECT tenant, topic FROM head WHERE due_at <= $1 ORDER BY due_at LIMIT 64),
ranked AS (
    SELECT o.tenant, o.id, o.due_at, row_number() OVER (PARTITION BY o.tenant, o.topic ORDER BY o.due_at) AS turn
    FROM longest l CROSS JOIN LATERAL (
        SELECT i.tenant, i.topic, i.id, i.due_at FROM outbox i
        WHERE i.done_at IS NULL AND i.tenant = l.tenant AND i.topic = l.topic AND i.due_at <= $1
        ORDER BY i.due_at LIMIT $4) AS o),
picked AS (SELECT tenant, id FROM ranked ORDER BY turn, due_at LIMIT $3),
taken AS (SELECT o.tenant, o.id FROM outbox o JOIN picked p ON p.tenant = o.tenant AND p.id = o.id
          WHERE o.done_at IS NULL AND o.due_at <= $1 FOR UPDATE OF o SKIP LOCKED)
UPDATE outbox SET lease_until = $2, due_at = $2, attempts = attempts + 1
WHERE (tenant, id) IN (SELECT tenant, id FROM taken)
RETURNING tenant, id, topic, key, body, created_at, lease_until, attempts, version;

-- name: outbox.release
-- now. At the start of a process: what the last one held is due at once. One
-- process owns an SQLite file; on PostgreSQL other nodes work, and leases run out.
-- tenant: none
-- on: sqlite
UPDATE outbox SET due_at = $1, lease_until = 0 WHERE lease_until > $1 AND done_at IS NULL;
-- on: postgres
UPDATE outbox SET due_at = $1, lease_until = 0 WHERE lease_until > $1 AND done_at IS NULL AND false;

-- name: outbox.next_due
-- tenant: none
SELECT min(due_at) AS due_at FROM outbox WHERE done_at IS NULL;

-- name: outbox.held
-- id, lease: a row when the lease still stands
SELECT id FROM outbox WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND done_at IS NULL;

-- name: outbox.done
-- id, lease
-- expect: one
DELETE FROM outbox WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND done_at IS NULL;

-- name: outbox.retry
-- id, lease, due_at, error
-- expect: one
UPDATE outbox SET due_at = $4, lease_until = 0, error = $5
WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND done_at IS NULL;

-- name: outbox.rest
-- id, lease, version, due_at, now. The end of one run of a job that comes
-- again: at due_at, or now when it was armed meanwhile.
-- expect: one
UPDATE outbox SET lease_until = 0, attempts = 0, error = NULL,
    due_at = CASE WHEN version = $4 THEN CAST($5 AS bigint) ELSE CAST($6 AS bigint) END
WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND done_at IS NULL;

-- name: outbox.extend
-- id, lease, new lease: for a run that takes longer
-- expect: one
UPDATE outbox SET lease_until = $4, due_at = $4
WHERE tenant = $1 AND id = $2 AND lease_until = $3 AND done_at IS NULL;

-- name: outbox.bury
-- tenant, id, lease, at, error: tried too often
-- tenant: none
UPDATE outbox SET done_at = $4, error = $5 WHERE tenant = $1 AND id = $2 AND lease_until = $3;

-- name: outbox.put_back
-- tenant, id, lease, due_at: nobody here knows its topic
-- tenant: none
UPDATE outbox SET due_at = $4, lease_until = 0, attempts = attempts - 1
WHERE tenant = $1 AND id = $2 AND lease_until = $3;

-- name: outbox.dead
-- before id ('~' sorts after every id), limit; newest first
SELECT id, topic, key, attempts, created_at, done_at, error FROM outbox
WHERE tenant = $1 AND done_at IS NOT NULL AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: outbox.prune
-- given up before, of all tenants
-- tenant: none
DELETE FROM outbox WHERE done_at < $1;
