-- Forgetting what was kept long enough, some rows at a time. A walk goes through
-- the old rows of a table in the order of a key: *_next says up to which key
-- the next `limit` rows reach, and how many they are; *_forget removes what is
-- over between two keys. Both read a range of an index and nothing beside it, whatever the
-- planner knows of the table.

-- name: retention.attempt_endpoint
-- after endpoint
SELECT min(endpoint) AS endpoint FROM attempt WHERE tenant = $1 AND endpoint > $2;

-- name: retention.attempt_next
-- endpoint, after event, before event (ids sort by time), limit
SELECT max(c.event) AS last, count(*) AS rows FROM
    (SELECT event FROM attempt WHERE tenant = $1 AND endpoint = $2 AND event > $3 AND event < $4
     ORDER BY event LIMIT $5) AS c;

-- name: retention.attempt_forget
-- endpoint, after event, up to event, before
DELETE FROM attempt WHERE tenant = $1 AND endpoint = $2 AND event > $3 AND event <= $4 AND at < $5;

-- name: retention.delivery_endpoint
-- after endpoint
SELECT min(endpoint) AS endpoint FROM delivery WHERE tenant = $1 AND endpoint > $2;

-- name: retention.delivery_next
-- endpoint, after event, before event, limit
SELECT max(c.event) AS last, count(*) AS rows FROM
    (SELECT event FROM delivery WHERE tenant = $1 AND endpoint = $2 AND event > $3 AND event < $4
     ORDER BY event LIMIT $5) AS c;

-- name: retention.delivery_forget
-- endpoint, after event, up to event, updated before. What waits stays, unless its endpoint is off.
DELETE FROM delivery WHERE tenant = $1 AND endpoint = $2 AND event > $3 AND event <= $4 AND updated_at < $5
    AND (state NOT IN ('waiting', 'shaping')
         OR NOT EXISTS (SELECT 1 FROM endpoint p WHERE p.tenant = $1 AND p.id = $2 AND p.state = 'on'));

-- name: retention.event_next
-- after id, before id, limit
SELECT max(c.id) AS last, count(*) AS rows FROM
    (SELECT id FROM event WHERE tenant = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4) AS c;

-- name: retention.event_forget
-- after id, up to id, before: those that no delivery and no mail needs any more
DELETE FROM event WHERE tenant = $1 AND id > $2 AND id <= $3 AND at < $4 AND waiting = 0
    AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.tenant = $1 AND d.event = event.id)
    AND NOT EXISTS (SELECT 1 FROM mail m WHERE m.tenant = $1 AND m.event = event.id
                    AND m.state IN ('waiting', 'collected', 'gathered'));

-- name: retention.mail_next
-- after id, before id, limit
SELECT max(c.id) AS last, count(*) AS rows FROM
    (SELECT id FROM mail WHERE tenant = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4) AS c;

-- name: retention.mail_forget
-- after id, up to id, before
DELETE FROM mail WHERE tenant = $1 AND id > $2 AND id <= $3 AND created_at < $4 AND updated_at < $4
    AND state IN ('sent', 'failed', 'off');

-- name: retention.seen_next
-- after time, before time, limit: ids of webhooks that came in
SELECT max(c.at) AS last, count(*) AS rows FROM
    (SELECT at FROM hook_seen WHERE tenant = $1 AND at > $2 AND at < $3 ORDER BY at LIMIT $4) AS c;

-- name: retention.seen_forget
-- after time, up to time, before
DELETE FROM hook_seen WHERE tenant = $1 AND at > $2 AND at <= $3 AND at < $4;

-- name: retention.answer_next
-- after time, before time, limit: answers to requests with an Idempotency-Key
SELECT max(c.at) AS last, count(*) AS rows FROM
    (SELECT at FROM api_answer WHERE tenant = $1 AND at > $2 AND at < $3 ORDER BY at LIMIT $4) AS c;

-- name: retention.answer_forget
-- after time, up to time, before
DELETE FROM api_answer WHERE tenant = $1 AND at > $2 AND at <= $3 AND at < $4;

-- name: retention.dialog_next
-- after conversation, before conversation, limit: dialogs that have ended
SELECT max(c.conversation) AS last, count(*) AS rows FROM
    (SELECT conversation FROM dialog WHERE tenant = $1 AND conversation > $2 AND conversation < $3
     ORDER BY conversation LIMIT $4) AS c;

-- name: retention.forget_steps
-- bot, after conversation, up to conversation
DELETE FROM step WHERE tenant = $1 AND conversation > $3 AND conversation <= $4
    AND EXISTS (SELECT 1 FROM dialog d WHERE d.tenant = $1 AND d.conversation = step.conversation
                AND d.dialog = step.dialog AND d.bot = $2);

-- name: retention.forget_dialogs
-- bot, after conversation, up to conversation
DELETE FROM dialog WHERE tenant = $1 AND bot = $2 AND conversation > $3 AND conversation <= $4;

-- name: retention.input_next
-- after conversation, before conversation, limit: messages with the visitor's real input
SELECT max(c.conversation) AS last, count(*) AS rows FROM
    (SELECT conversation FROM message WHERE tenant = $1 AND conversation > $2 AND conversation < $3
     AND input IS NOT NULL ORDER BY conversation LIMIT $4) AS c;

-- name: retention.forget_inputs
-- bot, after conversation, up to conversation
UPDATE message SET input = NULL WHERE tenant = $1 AND conversation > $3 AND conversation <= $4 AND input IS NOT NULL
    AND EXISTS (SELECT 1 FROM conversation c WHERE c.tenant = $1 AND c.id = message.conversation AND c.bot = $2);
