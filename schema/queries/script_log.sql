-- The script log of each bot: what its scripts say and where they fail. Ids
-- grow with time.

-- name: script_log.insert
-- bot, id, level, at, message, position, conversation or null, version
INSERT INTO script_log (tenant, bot, id, level, at, message, position, conversation, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: script_log.list
-- bot, before id ('~' sorts after every id), least level, limit; newest first
SELECT id, level, at, message, position, conversation, version FROM script_log
WHERE tenant = $1 AND bot = $2 AND id < $3 AND level >= $4 ORDER BY id DESC LIMIT $5;

-- name: script_log.since
-- bot, after id, least level, limit; oldest first
SELECT id, level, at, message, position, conversation, version FROM script_log
WHERE tenant = $1 AND bot = $2 AND id > $3 AND level >= $4 ORDER BY id LIMIT $5;

-- name: script_log.prune
-- bot, how many to keep, forget before
DELETE FROM script_log WHERE tenant = $1 AND bot = $2 AND
    (at < $4 OR id < (SELECT min(k.id) FROM (SELECT id FROM script_log WHERE tenant = $1 AND bot = $2
                                             ORDER BY id DESC LIMIT $3) AS k));
