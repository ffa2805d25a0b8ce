-- Leads, callback requests and tickets, and their history.

-- name: followup.insert
-- id, kind, number or null, bot, conversation, visitor, status, name, email, phone, subject, fields, consent,
-- wanted_at, wanted_until, created_at (also the first updated_at). Two tickets with one number: one gets a conflict.
INSERT INTO followup (tenant, id, kind, number, bot, conversation, visitor, status, name, email, phone, subject,
                      fields, consent, wanted_at, wanted_until, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17);

-- name: followup.get
-- kind, id
SELECT id, kind, number, bot, conversation, visitor, status, assignee, name, email, phone, subject, fields, consent,
       wanted_at, wanted_until, created_at, updated_at
FROM followup WHERE tenant = $1 AND kind = $2 AND id = $3;

-- name: followup.list
-- kind, before id ('~' sorts after every id), bot, status, assignee, email, phone (each null for all), limit; newest first
SELECT id, kind, number, bot, conversation, visitor, status, assignee, name, email, phone, subject, fields, consent,
       wanted_at, wanted_until, created_at, updated_at
FROM followup WHERE tenant = $1 AND kind = $2 AND id < $3
  AND (CAST($4 AS text) IS NULL OR bot = $4)
  AND (CAST($5 AS text) IS NULL OR status = $5)
  AND (CAST($6 AS text) IS NULL OR assignee = $6)
  AND (CAST($7 AS text) IS NULL OR email = $7)
  AND (CAST($8 AS text) IS NULL OR phone = $8)
ORDER BY id DESC LIMIT $9;

-- name: followup.all
-- limit; of every kind, oldest first
SELECT id, kind, number, bot, conversation, visitor, status, assignee, name, email, phone, fields, created_at
FROM followup WHERE tenant = $1 ORDER BY id LIMIT $2;

-- name: followup.same
-- kind, bot, email or null, phone or null, created since; the newest of the same contact
SELECT id, kind, number, bot, conversation, visitor, status, assignee, name, email, phone, subject, fields, consent,
       wanted_at, wanted_until, created_at, updated_at
FROM followup WHERE tenant = $1 AND kind = $2 AND bot = $3
  AND (email = CAST($4 AS text) OR phone = CAST($5 AS text)) AND created_at >= $6
ORDER BY id DESC LIMIT 1;

-- name: followup.next_number
-- kind
SELECT coalesce(max(number), 0) + 1 AS number FROM followup WHERE tenant = $1 AND kind = $2;

-- name: followup.of_visitor
-- kind, bot, visitor, number; what another visitor has is not found
SELECT id, kind, number, bot, conversation, visitor, status, assignee, name, email, phone, subject, fields, consent,
       wanted_at, wanted_until, created_at, updated_at
FROM followup WHERE tenant = $1 AND kind = $2 AND bot = $3 AND visitor = $4 AND number = $5;

-- name: followup.standing
-- bot, visitor; the status of the newest lead or null, and how many followups there are
SELECT (SELECT l.status FROM followup l WHERE l.tenant = $1 AND l.bot = $2 AND l.visitor = $3 AND l.kind = 'lead'
        ORDER BY l.id DESC LIMIT 1) AS lead,
       CAST(count(*) AS bigint) AS followups
FROM followup WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: followup.update
-- id, as it was updated_at, status, assignee, name, email, phone, subject, fields, consent, wanted_at, wanted_until,
-- conversation, updated_at. One that somebody else changed meanwhile is a conflict.
-- expect: one
UPDATE followup SET status = $4, assignee = $5, name = $6, email = $7, phone = $8, subject = $9, fields = $10,
       consent = $11, wanted_at = $12, wanted_until = $13, conversation = $14, updated_at = $15
WHERE tenant = $1 AND id = $2 AND updated_at = $3;

-- name: followup_entry.insert
-- followup, id, kind, author, body, at
INSERT INTO followup_entry (tenant, followup, id, kind, author, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: followup_entry.list
-- followup, after id, kind or null, limit; oldest first
SELECT id, kind, author, body, at FROM followup_entry
WHERE tenant = $1 AND followup = $2 AND id > $3 AND (CAST($4 AS text) IS NULL OR kind = $4) ORDER BY id LIMIT $5;

-- name: followup_entry.newest
-- followup, kind, limit; newest first
SELECT id, kind, author, body, at FROM followup_entry
WHERE tenant = $1 AND followup = $2 AND kind = $3 ORDER BY id DESC LIMIT $4;
