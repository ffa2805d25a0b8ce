-- Everything of one account, table by table, for its export (runtime/cli/tenant_export.c).
-- A test walks the schema: a table with a tenant that has no statement here, or
-- whose rows outlive tenant.delete and the tenant.erase statements, breaks it.
-- What is sealed and the hashes of keys stay behind. limit, offset: for a file
-- that is written once, in the order of the keys.

-- name: account.rows_api_answer
-- limit, offset
SELECT api_key, idempotency_key, request, status, body, at
FROM api_answer WHERE tenant = $1 ORDER BY api_key, idempotency_key LIMIT $2 OFFSET $3;

-- name: account.rows_api_key
-- limit, offset
SELECT id, name, scopes, created_at, expires_at, revoked_at, used_day
FROM api_key WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_attempt
-- limit, offset
SELECT endpoint, event, at, attempt, status, ms, answer, error
FROM attempt WHERE tenant = $1 ORDER BY endpoint, event, at, attempt LIMIT $2 OFFSET $3;

-- name: account.rows_bot
-- limit, offset
SELECT id, public_key, slug, name, settings, domains, created_at
FROM bot WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_bot_identity
-- limit, offset
SELECT bot, old_until, author, updated_at
FROM bot_identity WHERE tenant = $1 ORDER BY bot LIMIT $2 OFFSET $3;

-- name: account.rows_bot_secret
-- limit, offset
SELECT bot, name, author, updated_at
FROM bot_secret WHERE tenant = $1 ORDER BY bot, name LIMIT $2 OFFSET $3;

-- name: account.rows_canned_reply
-- limit, offset
SELECT id, title, text, updated_at
FROM canned_reply WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_conversation
-- limit, offset
SELECT id, bot, visitor, status, seq, state, created_at, updated_at, version
FROM conversation WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_dataset
-- limit, offset
SELECT bot, kind, id, position, body
FROM dataset WHERE tenant = $1 ORDER BY bot, kind, id LIMIT $2 OFFSET $3;

-- name: account.rows_delivery
-- limit, offset
SELECT endpoint, event, n, subject, state, attempts, due_at, body, last_status, updated_at
FROM delivery WHERE tenant = $1 ORDER BY endpoint, event LIMIT $2 OFFSET $3;

-- name: account.rows_dialog
-- limit, offset
SELECT conversation, dialog, bot, command, version, outcome, steps, at
FROM dialog WHERE tenant = $1 ORDER BY conversation, dialog LIMIT $2 OFFSET $3;

-- name: account.rows_endpoint
-- limit, offset
SELECT id, bot, script, url, events, old_until, description, state, reason, failures, failing_since, paused_until,
created_at, updated_at
FROM endpoint WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_erased_visitor
-- limit, offset
SELECT visitor, erased_at
FROM erased_visitor WHERE tenant = $1 ORDER BY visitor LIMIT $2 OFFSET $3;

-- name: account.rows_event
-- limit, offset
SELECT id, n, type, target, bot, subject, body, waiting, at
FROM event WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_file
-- limit, offset
SELECT id, conversation, bot, visitor, seq, name, title, type, size, sha256, width, height, thumb, created_at
FROM file WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_followup
-- limit, offset
SELECT id, kind, number, bot, conversation, visitor, status, assignee, name, email, phone, subject, fields, consent,
wanted_at, wanted_until, created_at, updated_at
FROM followup WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_followup_entry
-- limit, offset
SELECT followup, id, kind, author, body, at
FROM followup_entry WHERE tenant = $1 ORDER BY followup, id LIMIT $2 OFFSET $3;

-- name: account.rows_handover
-- limit, offset
SELECT id, conversation, bot, visitor, reason, status, agent, agent_name, requested_at, assigned_at, ended_at
FROM handover WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_hook
-- limit, offset
SELECT id, bot, name, deliver, old_until, description, state, received_at, created_at, updated_at
FROM hook WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_hook_seen
-- limit, offset
SELECT hook, id, at
FROM hook_seen WHERE tenant = $1 ORDER BY hook, id LIMIT $2 OFFSET $3;

-- name: account.rows_kv
-- limit, offset
SELECT bot, scope, name, value, at
FROM kv WHERE tenant = $1 ORDER BY bot, scope, name LIMIT $2 OFFSET $3;

-- name: account.rows_mail
-- limit, offset
SELECT id, kind, recipient, address, language, bot, event, conversation, digest, state, attempts, due_at, status,
error, created_at, updated_at
FROM mail WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_mail_block
-- limit, offset
SELECT address_hash, at
FROM mail_block WHERE tenant = $1 ORDER BY address_hash LIMIT $2 OFFSET $3;

-- name: account.rows_mail_recipient
-- limit, offset
SELECT id, email, language, at_once, daily, hour, stopped, state, reason, failures, created_at, updated_at
FROM mail_recipient WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_message
-- limit, offset
SELECT conversation, seq, sender, cid, re, body, at, input, command, how
FROM message WHERE tenant = $1 ORDER BY conversation, seq LIMIT $2 OFFSET $3;

-- name: account.rows_note
-- limit, offset
SELECT conversation, cid, agent, agent_name, text, at
FROM note WHERE tenant = $1 ORDER BY conversation, cid LIMIT $2 OFFSET $3;

-- name: account.rows_outbox
-- limit, offset
SELECT id, topic, key, body, created_at, due_at, attempts, lease_until, done_at, version, error
FROM outbox WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_script_draft
-- limit, offset
SELECT bot, files, revision, author, updated_at
FROM script_draft WHERE tenant = $1 ORDER BY bot LIMIT $2 OFFSET $3;

-- name: account.rows_script_log
-- limit, offset
SELECT bot, id, level, at, message, position, conversation, version
FROM script_log WHERE tenant = $1 ORDER BY bot, id LIMIT $2 OFFSET $3;

-- name: account.rows_script_release
-- limit, offset
SELECT bot, number, kind, main, trial, share, arm, author, note, at
FROM script_release WHERE tenant = $1 ORDER BY bot, number LIMIT $2 OFFSET $3;

-- name: account.rows_script_version
-- limit, offset
SELECT bot, number, hash, files, author, note, created_at
FROM script_version WHERE tenant = $1 ORDER BY bot, number LIMIT $2 OFFSET $3;

-- name: account.rows_step
-- limit, offset
SELECT conversation, dialog, step, kind, value, at
FROM step WHERE tenant = $1 ORDER BY conversation, dialog, step LIMIT $2 OFFSET $3;

-- name: account.rows_submission
-- limit, offset
SELECT id, conversation, form, fields, at
FROM submission WHERE tenant = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_tenant
-- limit, offset
SELECT public_id, name, status, settings, created_at, plan
FROM tenant WHERE id = $1 ORDER BY id LIMIT $2 OFFSET $3;

-- name: account.rows_visit
-- limit, offset
SELECT conversation, facts, visits, first_at, last_at
FROM visit WHERE tenant = $1 ORDER BY conversation LIMIT $2 OFFSET $3;

-- name: account.rows_visitor_identity
-- limit, offset
SELECT bot, user_id, visitor, traits, created_at, updated_at
FROM visitor_identity WHERE tenant = $1 ORDER BY bot, user_id LIMIT $2 OFFSET $3;
