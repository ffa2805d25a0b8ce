-- What client scripts keep and say: small values by key, and the script log.

CREATE TABLE kv (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    scope text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, bot, scope, name),
    FOREIGN KEY (tenant, bot) REFERENCES bot (tenant, id) ON DELETE CASCADE
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- level: 1 info, 2 warn, 3 error. position: file:line, or ''.
CREATE TABLE script_log (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    id text NOT NULL,
    level bigint NOT NULL,
    at bigint NOT NULL,
    message text NOT NULL,
    position text NOT NULL,
    conversation text,
    version text NOT NULL,
    PRIMARY KEY (tenant, bot, id),
    FOREIGN KEY (tenant, bot) REFERENCES bot (tenant, id) ON DELETE CASCADE
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- on: postgres
SELECT azentiko_protect('kv', 'tenant');
SELECT azentiko_protect('script_log', 'tenant');
