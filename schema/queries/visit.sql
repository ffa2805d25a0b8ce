-- Facts of visits (scripts/prelude/visits.lua).

-- name: visit.put
-- conversation, bot, visitor, facts, 1 to count visits, now; a second put replaces the facts
INSERT INTO visit (tenant, conversation, facts, visits, first_at, last_at)
VALUES ($1, $2, $5, CASE WHEN CAST($6 AS bigint) = 1 THEN
    (SELECT coalesce(max(v.visits), 0) + 1 FROM conversation c JOIN visit v ON v.tenant = c.tenant AND v.conversation = c.id
     WHERE c.tenant = $1 AND c.bot = $3 AND c.visitor = $4) ELSE 0 END, $7, $7)
ON CONFLICT (tenant, conversation) DO UPDATE SET facts = excluded.facts, visits = excluded.visits;

-- name: visit.again
-- conversation, now, latest end of the visit before
UPDATE visit SET visits = visits + 1, last_at = $3
WHERE tenant = $1 AND conversation = $2 AND visits > 0 AND last_at < $4;

-- name: visit.get
-- conversation
SELECT facts, visits, first_at, last_at FROM visit WHERE tenant = $1 AND conversation = $2;

-- name: visit.remove
-- conversation
DELETE FROM visit WHERE tenant = $1 AND conversation = $2;
