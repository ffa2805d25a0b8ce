-- Client scripts: versions, releases, drafts, recordings.

-- name: script.version_put
-- bot, number, hash, files, author, note, created_at
INSERT INTO script_version (tenant, bot, number, hash, files, author, note, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: script.version_files
-- bot, number
SELECT number, hash, files FROM script_version WHERE tenant = $1 AND bot = $2 AND number = $3;

-- name: script.version_by_hash
-- bot, hash
SELECT number, hash, author, note, created_at FROM script_version
WHERE tenant = $1 AND bot = $2 AND hash = $3;

-- name: script.version_newest
-- bot
SELECT coalesce(max(number), 0) AS number FROM script_version WHERE tenant = $1 AND bot = $2;

-- name: script.version_list
-- bot, before number, limit; newest first
SELECT number, hash, author, note, created_at FROM script_version
WHERE tenant = $1 AND bot = $2 AND number < $3 ORDER BY number DESC LIMIT $4;

-- name: script.version_delete
-- bot, number
DELETE FROM script_version WHERE tenant = $1 AND bot = $2 AND number = $3;

-- name: script.release_put
-- bot, number, kind, main, trial, share, arm, author, note, at
INSERT INTO script_release (tenant, bot, number, kind, main, trial, share, arm, author, note, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: script.release_list
-- bot, before number, limit; newest first, so the first is live
SELECT number, kind, main, trial, share, arm, author, note, at FROM script_release
WHERE tenant = $1 AND bot = $2 AND number < $3 ORDER BY number DESC LIMIT $4;

-- name: script.draft_put
-- bot, files, revision, author, updated_at; the revision is one more than the one that was read
-- expect: one
INSERT INTO script_draft (tenant, bot, files, revision, author, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, bot) DO UPDATE SET files = excluded.files, revision = excluded.revision,
    author = excluded.author, updated_at = excluded.updated_at
WHERE script_draft.revision = excluded.revision - 1;

-- name: script.draft_get
-- bot
SELECT files, revision, author, updated_at FROM script_draft WHERE tenant = $1 AND bot = $2;

-- name: script.open_dialogs
-- bot; how many dialogs are open on each version, such as "3f1a.../12", in one look
-- on: sqlite
SELECT state -> 'd' ->> 'v' AS version, count(*) AS dialogs FROM conversation
WHERE tenant = $1 AND bot = $2 AND state LIKE '%"d":{%' GROUP BY 1;
-- on: postgres
SELECT CAST(state AS jsonb) -> 'd' ->> 'v' AS version, count(*) AS dialogs FROM conversation
WHERE tenant = $1 AND bot = $2 AND state LIKE '%"d":{%' GROUP BY 1;

-- name: script.version_old
-- bot, before number, limit; newest first
SELECT number FROM script_version WHERE tenant = $1 AND bot = $2 AND number < $3 ORDER BY number DESC LIMIT $4;

-- name: script.recorded
-- bot, from conversation on; versions of conversations that can be rehearsed, and of their dialogs
SELECT coalesce(version, 0) AS version FROM conversation WHERE tenant = $1 AND bot = $2 AND id >= $3
UNION SELECT version FROM dialog WHERE tenant = $1 AND bot = $2 AND conversation >= $3;

-- name: script.use
-- bot; conversations and recorded dialogs by version
SELECT coalesce(version, 0) AS version, count(*) AS conversations,
       sum(CASE WHEN status IN ('waiting', 'human') THEN 1 ELSE 0 END) AS handed_over
FROM conversation WHERE tenant = $1 AND bot = $2 GROUP BY coalesce(version, 0) ORDER BY 1;

-- name: script.outcomes
-- bot
SELECT version, outcome, count(*) AS dialogs FROM dialog
WHERE tenant = $1 AND bot = $2 GROUP BY version, outcome ORDER BY version, outcome;

-- name: dialog.insert
-- conversation, dialog, bot, command, version, outcome, steps or null, at
INSERT INTO dialog (tenant, conversation, dialog, bot, command, version, outcome, steps, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: dialog.list
-- conversation
SELECT dialog, command, version, outcome, steps, at FROM dialog
WHERE tenant = $1 AND conversation = $2 ORDER BY at;

-- name: recording.list
-- bot, before id ('~' sorts after every id), limit; newest first
SELECT id, visitor, status, version, state, created_at FROM conversation
WHERE tenant = $1 AND bot = $2 AND id < $3 ORDER BY id DESC LIMIT $4;

-- name: recording.messages
-- conversation, after seq, limit
SELECT seq, sender, re, body, input, at FROM message
WHERE tenant = $1 AND conversation = $2 AND seq > $3 ORDER BY seq LIMIT $4;

-- name: recording.steps
-- conversation; of all its dialogs
SELECT dialog, step, kind, value FROM step
WHERE tenant = $1 AND conversation = $2 ORDER BY dialog, step;

-- name: recording.numbers
-- conversation; the numbers of its tickets, in the order in which they were given
SELECT number FROM followup WHERE tenant = $1 AND kind = 'ticket' AND conversation = $2 AND number IS NOT NULL
ORDER BY number;

-- name: recording.nth
-- bot, how many newer ones; the conversation from which on recordings are too many
SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 ORDER BY id DESC LIMIT 1 OFFSET $3;

