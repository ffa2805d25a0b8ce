-- Mail: recipients of notices, the queue, and what became of it.

-- name: mail_recipient.insert
-- id, email, language, at_once, daily, hour, created_at
INSERT INTO mail_recipient (tenant, id, email, language, at_once, daily, hour, stopped, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, '{}', 'on', $8, $8);

-- name: mail_recipient.update
-- id, language, at_once, daily, hour, stopped, state, reason or null, updated_at
-- expect: one
UPDATE mail_recipient SET language = $3, at_once = $4, daily = $5, hour = $6, stopped = $7, state = $8, reason = $9,
    failures = CASE WHEN $8 = 'on' AND state <> 'on' THEN 0 ELSE failures END, updated_at = $10
WHERE tenant = $1 AND id = $2;

-- name: mail_recipient.failed
-- id, failures, state, reason or null, updated_at
UPDATE mail_recipient SET failures = $3, state = $4, reason = $5, updated_at = $6 WHERE tenant = $1 AND id = $2;

-- name: mail_recipient.delete
-- id
-- expect: one
DELETE FROM mail_recipient WHERE tenant = $1 AND id = $2;

-- name: mail_recipient.get
-- id
SELECT id, email, language, at_once, daily, hour, stopped, state, reason, failures, created_at, updated_at
FROM mail_recipient WHERE tenant = $1 AND id = $2;

-- name: mail_recipient.by_email
-- email
SELECT id FROM mail_recipient WHERE tenant = $1 AND email = $2;

-- name: mail_recipient.list
-- after id, limit
SELECT id, email, language, at_once, daily, hour, stopped, state, reason, failures, created_at, updated_at
FROM mail_recipient WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: mail.insert
-- id, kind, recipient or null, address, language, bot, event, conversation (null where there is none), state, due_at,
-- error or null, created_at. A second time nothing.
INSERT INTO mail (tenant, id, kind, recipient, address, language, bot, event, conversation, state, due_at, error,
                  created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) ON CONFLICT DO NOTHING;

-- name: mail.insert_new
-- The same, and a conflict when it is there already.
INSERT INTO mail (tenant, id, kind, recipient, address, language, bot, event, conversation, state, due_at, error,
                  created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13);

-- name: mail.due
-- now, limit; with what they are about
SELECT d.id, d.kind, d.recipient, d.address, d.language, d.bot, d.event, d.conversation, d.attempts, d.created_at,
       e.body, e.at
FROM mail d LEFT JOIN event e ON e.tenant = d.tenant AND e.id = d.event
WHERE d.tenant = $1 AND d.state = 'waiting' AND d.due_at <= $2 ORDER BY d.due_at, d.id LIMIT $3;

-- name: mail.next_due
SELECT min(due_at) AS due_at FROM mail WHERE tenant = $1 AND state IN ('waiting', 'collected');

-- name: mail.tried
-- id, state, attempts, due_at, status or null, error or null, updated_at
-- expect: one
UPDATE mail SET state = $3, attempts = $4, due_at = $5, status = $6, error = $7, updated_at = $8
WHERE tenant = $1 AND id = $2 AND state = 'waiting';

-- name: mail.switch_off
-- now, why: mail is off, so nothing waits any more
UPDATE mail SET state = 'off', error = $3, updated_at = $2 WHERE tenant = $1 AND state IN ('waiting', 'collected', 'gathered');

-- name: mail.collected
-- now: for whom a summary is due, and its first entry
SELECT recipient, min(id) AS first, min(address) AS address, min(language) AS language FROM mail
WHERE tenant = $1 AND state = 'collected' AND due_at <= $2 GROUP BY recipient ORDER BY recipient LIMIT 20;

-- name: mail.gather
-- recipient, now, digest
UPDATE mail SET state = 'gathered', digest = $4, updated_at = $3
WHERE tenant = $1 AND recipient = $2 AND state = 'collected' AND due_at <= $3;

-- name: mail.gathered
-- digest, limit; in the order of the events
SELECT d.kind, d.bot, e.body, e.at FROM mail d LEFT JOIN event e ON e.tenant = d.tenant AND e.id = d.event
WHERE d.tenant = $1 AND d.digest = $2 ORDER BY d.id LIMIT $3;

-- name: mail.gathered_counts
-- digest
SELECT kind, count(*) AS count FROM mail WHERE tenant = $1 AND digest = $2 GROUP BY kind;

-- name: mail.digest_ended
-- digest, state, updated_at
UPDATE mail SET state = $3, updated_at = $4 WHERE tenant = $1 AND digest = $2 AND state = 'gathered';

-- name: mail.drop_recipient
-- recipient, now, why: what waits for somebody who is no recipient any more
UPDATE mail SET state = 'off', error = $4, updated_at = $3
WHERE tenant = $1 AND recipient = $2 AND state IN ('waiting', 'collected');

-- name: mail.lately
-- since: notices for each recipient
SELECT recipient, count(*) AS count FROM mail
WHERE tenant = $1 AND created_at > $2 AND recipient IS NOT NULL AND state IN ('waiting', 'sent', 'failed')
GROUP BY recipient;

-- name: mail.asked
-- conversation, address, since: confirmations and transcripts of one conversation; for one address; of all
SELECT coalesce(sum(CASE WHEN conversation = $2 THEN 1 ELSE 0 END), 0) AS conversation,
       coalesce(sum(CASE WHEN address = $3 THEN 1 ELSE 0 END), 0) AS address, count(*) AS all_of_them
FROM mail WHERE tenant = $1 AND created_at > $4 AND kind = 'confirm';

-- name: mail.get
-- id
SELECT id, kind, recipient, address, language, bot, event, conversation, state, attempts, due_at, status, error,
       created_at, updated_at
FROM mail WHERE tenant = $1 AND id = $2;

-- name: mail.list
-- before id ('~' sorts after every id), state, recipient (null for all), limit; newest first
SELECT id, kind, recipient, address, language, bot, event, conversation, state, attempts, due_at, status, error,
       created_at, updated_at
FROM mail
WHERE tenant = $1 AND id < $2 AND (CAST($3 AS text) IS NULL OR state = $3)
  AND (CAST($4 AS text) IS NULL OR recipient = $4)
ORDER BY id DESC LIMIT $5;

-- name: mail_block.put
-- address_hash, at
INSERT INTO mail_block (tenant, address_hash, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: mail_block.get
-- address_hash
SELECT at FROM mail_block WHERE tenant = $1 AND address_hash = $2;

-- name: visitor.erase_mail
-- bot, visitor; transcripts that were asked for
DELETE FROM mail WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: tenant.erase_mails
DELETE FROM mail WHERE tenant = $1;

-- name: tenant.erase_mail_recipients
DELETE FROM mail_recipient WHERE tenant = $1;

-- name: tenant.erase_mail_blocks
DELETE FROM mail_block WHERE tenant = $1;
