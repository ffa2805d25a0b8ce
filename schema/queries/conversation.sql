-- Conversations, their messages and the step log of their dialogs.

-- name: conversation.create
-- id, bot, visitor, status, seq, state, created_at (also the first updated_at)
INSERT INTO conversation (tenant, id, bot, visitor, status, seq, state, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8);

-- name: conversation.update
-- id, status, seq, state, updated_at. An actor that fell behind (a second one
-- of the same conversation wrote meanwhile) changes nothing and gets a conflict.
-- expect: one
UPDATE conversation SET status = $3, seq = $4, state = $5, updated_at = $6
WHERE tenant = $1 AND id = $2 AND seq <= $4;

-- name: conversation.get
-- id. last_seq is that of the newest message: a turn that changes nothing else
-- writes messages only and leaves seq behind.
SELECT id, bot, visitor, status, seq, state, created_at, updated_at,
       (SELECT max(m.seq) FROM message m WHERE m.tenant = $1 AND m.conversation = $2) AS last_seq
FROM conversation WHERE tenant = $1 AND id = $2;

-- name: conversation.latest_of_visitor
-- bot, visitor
SELECT id, bot, visitor, status, seq, state, created_at, updated_at FROM conversation
WHERE tenant = $1 AND bot = $2 AND visitor = $3 ORDER BY id DESC LIMIT 1;

-- name: conversation.list
-- before id ('~' sorts after every id), bot, status, visitor (each null for all), limit; newest first
SELECT id, bot, visitor, status, seq, created_at, updated_at FROM conversation
WHERE tenant = $1 AND id < $2
  AND (CAST($3 AS text) IS NULL OR bot = $3)
  AND (CAST($4 AS text) IS NULL OR status = $4)
  AND (CAST($5 AS text) IS NULL OR visitor = $5)
ORDER BY id DESC LIMIT $6;

-- name: message.insert
-- conversation, seq, sender, cid or null, re or null, body, at
INSERT INTO message (tenant, conversation, seq, sender, cid, re, body, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: message.since
-- conversation, after seq, limit; oldest first
SELECT seq, sender, cid, re, body, at FROM message
WHERE tenant = $1 AND conversation = $2 AND seq > $3 ORDER BY seq LIMIT $4;

-- name: message.before
-- conversation, before seq, limit; newest first, to page back in the history
SELECT seq, sender, cid, re, body, at FROM message
WHERE tenant = $1 AND conversation = $2 AND seq < $3 ORDER BY seq DESC LIMIT $4;

-- name: message.by_cid
-- conversation, cid
SELECT seq, sender, cid, re, body, at FROM message
WHERE tenant = $1 AND conversation = $2 AND cid = $3;

-- name: message.last
-- conversation
SELECT seq, at FROM message WHERE tenant = $1 AND conversation = $2 ORDER BY seq DESC LIMIT 1;

-- name: message.last_of_visitor
-- conversation
SELECT seq, at FROM message WHERE tenant = $1 AND conversation = $2 AND sender = 'visitor' ORDER BY seq DESC LIMIT 1;

-- name: step.insert
-- conversation, dialog, step, kind, value, at
INSERT INTO step (tenant, conversation, dialog, step, kind, value, at)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: step.list
-- conversation, dialog; in order
SELECT step, kind, value, at FROM step
WHERE tenant = $1 AND conversation = $2 AND dialog = $3 ORDER BY step;

-- name: submission.insert
-- id, conversation, form, fields, at
INSERT INTO submission (tenant, id, conversation, form, fields, at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: submission.list
-- before id ('~' sorts after every id), limit; newest first
SELECT id, conversation, form, fields, at FROM submission
WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: conversation.create_on
-- id, bot, visitor, status, seq, state, created_at, version of the client's scripts
INSERT INTO conversation (tenant, id, bot, visitor, status, seq, state, created_at, updated_at, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9);

-- name: message.insert_input
-- conversation, seq, cid or null, body, at, input
INSERT INTO message (tenant, conversation, seq, sender, cid, re, body, at, input)
VALUES ($1, $2, $3, 'visitor', $4, NULL, $5, $6, $7);

-- name: message.insert_used
-- conversation, seq, cid or null, body, at, input or null, command, how (the command that the message called)
INSERT INTO message (tenant, conversation, seq, sender, cid, re, body, at, input, command, how)
VALUES ($1, $2, $3, 'visitor', $4, NULL, $5, $6, $7, $8, $9);

-- name: command.counts
-- bot, from, until (ms), span (ms), after: start of a span and command, limit; in this order
SELECT u.start, u.command, CAST(count(*) AS bigint) AS uses, CAST(max(u.at) AS bigint) AS last_at,
       CAST(sum(CASE u.how WHEN 'typed' THEN 1 ELSE 0 END) AS bigint) AS typed,
       CAST(sum(CASE u.how WHEN 'words' THEN 1 ELSE 0 END) AS bigint) AS words,
       CAST(sum(CASE u.how WHEN 'clicked' THEN 1 ELSE 0 END) AS bigint) AS clicked,
       CAST(sum(CASE u.how WHEN 'page' THEN 1 ELSE 0 END) AS bigint) AS page
FROM (SELECT at - at % CAST($5 AS bigint) AS start, command, how, at FROM message
      WHERE tenant = $1 AND command IS NOT NULL AND at >= $3 AND at < $4
        AND EXISTS (SELECT 1 FROM conversation c WHERE c.tenant = $1 AND c.id = message.conversation AND c.bot = $2)) u
WHERE u.start > CAST($6 AS bigint) OR (u.start = CAST($6 AS bigint) AND u.command > CAST($7 AS text))
GROUP BY u.start, u.command ORDER BY u.start, u.command LIMIT $8;

-- name: step.get
-- conversation, dialog, step
SELECT kind, value FROM step WHERE tenant = $1 AND conversation = $2 AND dialog = $3 AND step = $4;
