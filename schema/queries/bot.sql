-- Bots and their business datasets.

-- name: bot.create
-- id, public_key, slug or null, name, settings, domains, created_at
INSERT INTO bot (tenant, id, public_key, slug, name, settings, domains, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: bot.update
-- id, name, settings, domains
-- expect: one
UPDATE bot SET name = $3, settings = $4, domains = $5 WHERE tenant = $1 AND id = $2;

-- name: bot.change
-- id, name, settings, domains; and the settings and domains that were read
-- expect: one
UPDATE bot SET name = $3, settings = $4, domains = $5 WHERE tenant = $1 AND id = $2 AND settings = $6 AND domains = $7;

-- name: bot.delete
-- expect: one
DELETE FROM bot WHERE tenant = $1 AND id = $2;

-- name: bot.get
SELECT id, public_key, slug, name, settings, domains, created_at FROM bot WHERE tenant = $1 AND id = $2;

-- name: bot.list
SELECT id, public_key, slug, name, settings, domains, created_at FROM bot WHERE tenant = $1 ORDER BY id;

-- name: bot.page
-- after id, limit
SELECT id, public_key, slug, name, settings, domains, created_at FROM bot
WHERE tenant = $1 AND id > $2 ORDER BY id LIMIT $3;

-- name: bot.tenant
-- id; for the command line
-- tenant: none
SELECT tenant FROM bot WHERE id = $1;

-- The two ways in from the street: nobody knows the tenant yet.

-- name: bot.by_key
-- tenant: none
SELECT b.tenant, b.id, b.public_key, b.slug, b.name, b.settings, b.domains, b.created_at,
       t.status AS tenant_status
FROM bot b JOIN tenant t ON t.id = b.tenant WHERE b.public_key = $1;

-- name: bot.by_slug
-- tenant: none
SELECT b.tenant, b.id, b.public_key, b.slug, b.name, b.settings, b.domains, b.created_at,
       t.status AS tenant_status
FROM bot b JOIN tenant t ON t.id = b.tenant WHERE b.slug = $1;

-- name: dataset.put
-- bot, kind, id, position, body; a second put replaces
INSERT INTO dataset (tenant, bot, kind, id, position, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant, bot, kind, id) DO UPDATE SET position = excluded.position, body = excluded.body;

-- name: dataset.get
-- bot, kind, id
SELECT kind, id, position, body FROM dataset WHERE tenant = $1 AND bot = $2 AND kind = $3 AND id = $4;

-- name: dataset.counts
-- bot
SELECT kind, count(*) AS entries, max(position) AS last FROM dataset
WHERE tenant = $1 AND bot = $2 GROUP BY kind ORDER BY kind;

-- name: dataset.page
-- bot, kind, after position, after id, limit
SELECT id, position, body FROM dataset
WHERE tenant = $1 AND bot = $2 AND kind = $3 AND (position > $4 OR (position = $4 AND id > $5))
ORDER BY position, id LIMIT $6;

-- name: dataset.remove
-- bot, kind, id
DELETE FROM dataset WHERE tenant = $1 AND bot = $2 AND kind = $3 AND id = $4;

-- name: dataset.clear
-- bot
DELETE FROM dataset WHERE tenant = $1 AND bot = $2;

-- name: dataset.all
-- bot
SELECT kind, id, position, body FROM dataset WHERE tenant = $1 AND bot = $2
ORDER BY kind, position, id;

-- name: bot.list_all
-- after tenant, limit
-- tenant: none
SELECT tenant, id, public_key, slug, name FROM bot WHERE tenant > $1 ORDER BY tenant, id LIMIT $2;
