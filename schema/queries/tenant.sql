-- Tenants. The rows of a new one are written in one batch that runs as that
-- tenant already: ask tenant.next_id, then submit tenant.create, bot.create,
-- dataset.put ... with that id as the job's. Two at once: one gets a conflict.

-- name: tenant.next_id
-- tenant: none
SELECT coalesce(max(id), 0) + 1 AS id FROM tenant;

-- name: tenant.create
-- public_id, name, status, settings, created_at
INSERT INTO tenant (id, public_id, name, status, settings, created_at)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: tenant.get
SELECT id, public_id, name, status, settings, created_at, plan FROM tenant WHERE id = $1;

-- name: tenant.by_public_id
-- tenant: none
SELECT id, public_id, name, status, settings, created_at FROM tenant WHERE public_id = $1;

-- name: tenant.list
-- after id, limit
-- tenant: none
SELECT id, public_id, name, status, settings, created_at, plan FROM tenant
WHERE id > $1 ORDER BY id LIMIT $2;

-- name: tenant.set_status
-- status: active or suspended
-- expect: one
UPDATE tenant SET status = $2 WHERE id = $1;

-- name: tenant.set_plan
-- expect: one
UPDATE tenant SET plan = $2 WHERE id = $1;

-- name: tenant.set_settings
-- expect: one
UPDATE tenant SET settings = $2 WHERE id = $1;

-- Deleting a tenant is one batch of all the erase statements, then tenant.delete
-- (its bots and what hangs on them, its API keys and hooks go with it).

-- name: tenant.erase_messages
DELETE FROM message WHERE tenant = $1;

-- name: tenant.erase_steps
DELETE FROM step WHERE tenant = $1;

-- name: tenant.erase_conversations
DELETE FROM conversation WHERE tenant = $1;

-- name: tenant.erase_outbox
DELETE FROM outbox WHERE tenant = $1;

-- name: tenant.erase_submissions
DELETE FROM submission WHERE tenant = $1;

-- name: tenant.erase_dialogs
DELETE FROM dialog WHERE tenant = $1;

-- name: tenant.erase_script_versions
DELETE FROM script_version WHERE tenant = $1;

-- name: tenant.erase_script_releases
DELETE FROM script_release WHERE tenant = $1;

-- name: tenant.erase_script_drafts
DELETE FROM script_draft WHERE tenant = $1;

-- name: tenant.erase_followups
DELETE FROM followup WHERE tenant = $1;

-- name: tenant.erase_followup_entries
DELETE FROM followup_entry WHERE tenant = $1;

-- name: tenant.erase_api_answers
DELETE FROM api_answer WHERE tenant = $1;

-- name: tenant.erase_files
-- Their bytes are nobody's then, and swept.
DELETE FROM file WHERE tenant = $1;

-- name: tenant.erase_visits
DELETE FROM visit WHERE tenant = $1;

-- name: tenant.erase_identities
DELETE FROM visitor_identity WHERE tenant = $1;

-- name: tenant.erase_erased_visitors
DELETE FROM erased_visitor WHERE tenant = $1;

-- name: tenant.delete
-- expect: one
DELETE FROM tenant WHERE id = $1;
