-- Signed identity of visitors (scripts/prelude/identity.lua).

-- name: identity.put_secret
-- bot, box, end of the one before, author, now
INSERT INTO bot_identity (tenant, bot, box, old_until, author, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, bot) DO UPDATE SET old_box = bot_identity.box, old_until = excluded.old_until,
    box = excluded.box, author = excluded.author, updated_at = excluded.updated_at;

-- name: identity.secret
-- bot
SELECT box, old_box, old_until, author, updated_at FROM bot_identity WHERE tenant = $1 AND bot = $2;

-- name: identity.remove_secret
-- bot
-- expect: one
DELETE FROM bot_identity WHERE tenant = $1 AND bot = $2;

-- name: identity.of_user
-- bot, the client's id of the user
SELECT user_id, visitor, traits, created_at, updated_at FROM visitor_identity
WHERE tenant = $1 AND bot = $2 AND user_id = $3;

-- name: identity.of_visitor
-- bot, visitor
SELECT user_id, visitor, traits, created_at, updated_at FROM visitor_identity
WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: identity.insert
-- bot, user, visitor, traits, now
INSERT INTO visitor_identity (tenant, bot, user_id, visitor, traits, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $6);

-- name: identity.set_traits
-- bot, user, traits, now
-- expect: one
UPDATE visitor_identity SET traits = $4, updated_at = $5 WHERE tenant = $1 AND bot = $2 AND user_id = $3;

-- What a visitor has goes over to another one, who is the same user.

-- name: identity.adopt_conversation
-- bot, from, to
UPDATE conversation SET visitor = $4 WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: identity.adopt_followup
-- bot, from, to
UPDATE followup SET visitor = $4 WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: identity.adopt_handover
-- bot, from, to
UPDATE handover SET visitor = $4 WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: identity.adopt_file
-- bot, from, to
UPDATE file SET visitor = $4 WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: identity.adopt_kv
-- bot, from, to; what scripts kept for both stays as the user's own has it
UPDATE kv SET scope = $4 WHERE tenant = $1 AND bot = $2 AND scope = $3
  AND name NOT IN (SELECT name FROM kv WHERE tenant = $1 AND bot = $2 AND scope = $4);

-- name: identity.adopt_kv_rest
-- bot, from
DELETE FROM kv WHERE tenant = $1 AND bot = $2 AND scope = $3;
