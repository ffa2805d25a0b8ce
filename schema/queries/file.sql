-- What visitors sent as files. The bytes are in the data folder under `name`,
-- a random word; a file without a row is nobody's and is removed.

-- name: file.insert
-- id, conversation, bot, visitor, seq, name, title, type, size, sha256, width, height, thumb, created_at
INSERT INTO file (tenant, id, conversation, bot, visitor, seq, name, title, type, size, sha256, width, height,
                  thumb, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: file.get
-- id
SELECT id, conversation, bot, visitor, seq, name, title, type, size, sha256, width, height, thumb, created_at
FROM file WHERE tenant = $1 AND id = $2;

-- name: file.usage
SELECT CAST(coalesce(sum(size), 0) AS bigint) AS bytes, CAST(count(*) AS bigint) AS files
FROM file WHERE tenant = $1;

-- name: file.count_in
-- conversation
SELECT CAST(count(*) AS bigint) AS files FROM file WHERE tenant = $1 AND conversation = $2;

-- name: file.list
-- before id ('~' sorts after every id), conversation or null for all, limit; newest first
SELECT id, conversation, bot, visitor, seq, name, title, type, size, sha256, width, height, thumb, created_at
FROM file WHERE tenant = $1 AND id < $2 AND (CAST($3 AS text) IS NULL OR conversation = $3)
ORDER BY id DESC LIMIT $4;

-- name: file.delete
-- id
DELETE FROM file WHERE tenant = $1 AND id = $2;

-- name: file.known
-- the name of stored bytes; a row when they belong to somebody
-- tenant: none
SELECT id FROM file WHERE name = $1;
