-- Secrets of bots.

-- name: secret.put
-- bot, name, box, author, updated_at; a second put replaces
INSERT INTO bot_secret (tenant, bot, name, box, author, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, bot, name) DO UPDATE SET box = excluded.box, author = excluded.author,
    updated_at = excluded.updated_at;

-- name: secret.get
-- bot, name
SELECT box FROM bot_secret WHERE tenant = $1 AND bot = $2 AND name = $3;

-- name: secret.list
-- bot; without the boxes
SELECT name, author, updated_at FROM bot_secret WHERE tenant = $1 AND bot = $2 ORDER BY name;

-- name: secret.remove
-- bot, name
-- expect: one
DELETE FROM bot_secret WHERE tenant = $1 AND bot = $2 AND name = $3;
