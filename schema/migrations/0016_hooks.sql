-- Webhooks that come in. deliver: "event" for the scripts of the bot, or
-- "message" of a conversation. secret and old_secret are sealed
-- (runtime/base/seal.c). The id is the address, so it is unique over all
-- tenants; it is no secret, the signature is what counts.
CREATE TABLE hook (
    tenant bigint NOT NULL,
    id text NOT NULL,
    bot text NOT NULL,
    name text NOT NULL,
    deliver text NOT NULL,
    secret text NOT NULL,
    old_secret text,
    old_until bigint,
    description text NOT NULL,
    state text NOT NULL,
    received_at bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, bot) REFERENCES bot (tenant, id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX hook_id ON hook (id);
CREATE UNIQUE INDEX hook_name ON hook (tenant, bot, name);

-- Ids of messages that were taken, so that each has its effect once.
CREATE TABLE hook_seen (
    tenant bigint NOT NULL,
    hook text NOT NULL,
    id text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, hook, id),
    FOREIGN KEY (tenant, hook) REFERENCES hook (tenant, id) ON DELETE CASCADE
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['hook', 'hook_seen']) AS name;
