-- People in the chat: the queue, notes, replies at hand.

-- name: handover.request
-- id, conversation, bot, visitor, reason, requested_at
INSERT INTO handover (tenant, id, conversation, bot, visitor, reason, status, requested_at)
VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7);

-- name: handover.assign
-- id, conversation, bot, visitor, reason, agent, agent_name, now. Of a request
-- that waits, or a new one: somebody may take a chat that nobody asked for.
INSERT INTO handover (tenant, id, conversation, bot, visitor, reason, status, agent, agent_name,
                      requested_at, assigned_at)
VALUES ($1, $2, $3, $4, $5, $6, 'assigned', $7, $8, $9, $9)
ON CONFLICT (tenant, id) DO UPDATE SET status = 'assigned', agent = excluded.agent,
    agent_name = excluded.agent_name, assigned_at = excluded.assigned_at, ended_at = NULL;

-- name: handover.release
-- id: back into the queue, at its old place
-- expect: one
UPDATE handover SET status = 'waiting', agent = NULL, agent_name = NULL, assigned_at = NULL
WHERE tenant = $1 AND id = $2 AND ended_at IS NULL;

-- name: handover.end
-- id, at
UPDATE handover SET status = 'ended', ended_at = $3 WHERE tenant = $1 AND id = $2 AND ended_at IS NULL;

-- name: handover.get
-- id
SELECT id, conversation, bot, visitor, reason, status, agent, agent_name, requested_at, assigned_at, ended_at
FROM handover WHERE tenant = $1 AND id = $2;

-- name: handover.queue
-- limit; what waits or is being answered, oldest first
SELECT id, conversation, bot, visitor, reason, status, agent, agent_name, requested_at, assigned_at
FROM handover WHERE tenant = $1 AND ended_at IS NULL ORDER BY requested_at, id LIMIT $2;

-- name: handover.list
-- before id ('~' sorts after every id), limit; newest first
SELECT id, conversation, bot, visitor, reason, status, agent, agent_name, requested_at, assigned_at, ended_at
FROM handover WHERE tenant = $1 AND id < $2 ORDER BY id DESC LIMIT $3;

-- name: note.insert
-- conversation, cid, agent, agent_name, text, at; a second time changes nothing
INSERT INTO note (tenant, conversation, cid, agent, agent_name, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT DO NOTHING;

-- name: note.list
-- conversation, limit; oldest first
SELECT cid, agent, agent_name, text, at FROM note WHERE tenant = $1 AND conversation = $2 ORDER BY at, cid LIMIT $3;

-- name: canned.put
-- id, title, text, updated_at
INSERT INTO canned_reply (tenant, id, title, text, updated_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, id) DO UPDATE SET title = excluded.title, text = excluded.text, updated_at = excluded.updated_at;

-- name: canned.remove
-- id
DELETE FROM canned_reply WHERE tenant = $1 AND id = $2;

-- name: canned.get
-- id
SELECT id, title, text, updated_at FROM canned_reply WHERE tenant = $1 AND id = $2;

-- name: canned.list
-- after id, limit
SELECT id, title, text, updated_at FROM canned_reply WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- Deleting a tenant (queries/tenant.sql).

-- name: tenant.erase_handovers
DELETE FROM handover WHERE tenant = $1;

-- name: tenant.erase_notes
DELETE FROM note WHERE tenant = $1;

-- name: tenant.erase_canned_replies
DELETE FROM canned_reply WHERE tenant = $1;
