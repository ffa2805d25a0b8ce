-- The core tables. One text for SQLite and PostgreSQL; what differs stands in
-- "-- on:" sections (store/migrate.h). Times are integer milliseconds since
-- 1970, JSON is text, so that both stores give back the bytes they were given.
--
-- Every table of a client carries its tenant first in its key, so rows of one
-- client lie together and no unique index tells one client about another.
-- Never edit this file: the server keeps its checksum. Write a new one.

CREATE TABLE tenant (
    id bigint PRIMARY KEY,
    public_id text NOT NULL UNIQUE,
    name text NOT NULL,
    status text NOT NULL,
    settings text NOT NULL,
    created_at bigint NOT NULL
);

-- public_key and slug are found before a tenant is known, so they are unique
-- over all tenants; both are public names, not secrets.
CREATE TABLE bot (
    tenant bigint NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    id text NOT NULL,
    public_key text NOT NULL UNIQUE,
    slug text UNIQUE,
    name text NOT NULL,
    settings text NOT NULL,
    domains text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE TABLE dataset (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    kind text NOT NULL,
    id text NOT NULL,
    position bigint NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (tenant, bot, kind, id),
    FOREIGN KEY (tenant, bot) REFERENCES bot (tenant, id) ON DELETE CASCADE
);

-- seq is that of the newest message. No foreign keys from here on: these
-- tables are on the path of every turn, and each check is one more look-up.
CREATE TABLE conversation (
    tenant bigint NOT NULL,
    id text NOT NULL,
    bot text NOT NULL,
    visitor text NOT NULL,
    status text NOT NULL,
    seq bigint NOT NULL,
    state text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- Ids sort by time, so the newest conversation is the last entry; a column
-- that changes in every turn (updated_at) would be written in every turn.
CREATE INDEX conversation_visitor ON conversation (tenant, bot, visitor, id);

-- The hot table: one tree keyed by its reading order on SQLite, and one small
-- index that makes a repeated cid fail.
CREATE TABLE message (
    tenant bigint NOT NULL,
    conversation text NOT NULL,
    seq bigint NOT NULL,
    sender text NOT NULL,
    cid text,
    re bigint,
    body text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, conversation, seq)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

CREATE UNIQUE INDEX message_cid ON message (tenant, conversation, cid) WHERE cid IS NOT NULL;

CREATE TABLE step (
    tenant bigint NOT NULL,
    conversation text NOT NULL,
    dialog text NOT NULL,
    step bigint NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, conversation, dialog, step)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- Work for later. A job actor takes rows under a lease; done_at ends them.
CREATE TABLE outbox (
    tenant bigint NOT NULL,
    id text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    body text NOT NULL,
    created_at bigint NOT NULL,
    due_at bigint NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    lease_until bigint NOT NULL DEFAULT 0,
    done_at bigint,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX outbox_due ON outbox (due_at) WHERE done_at IS NULL;

CREATE TABLE submission (
    tenant bigint NOT NULL,
    id text NOT NULL,
    conversation text NOT NULL,
    form text NOT NULL,
    fields text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- Immutable sets of script files under a content hash; of the system, no tenant.
CREATE TABLE bundle (
    version text PRIMARY KEY,
    files text NOT NULL,
    created_at bigint NOT NULL
);

-- on: postgres
-- Second wall: row-level security, forced on the owner too. app.tenant is set
-- for each transaction by the store from the job; unset it matches no row.
-- app.system opens a table for the statements marked "-- tenant: none".
-- Each later migration calls this for its tables that carry a tenant.
CREATE FUNCTION azentiko_protect(target text, tenant_column text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    text_column text;
BEGIN
    -- Byte order, as in SQLite, and cheaper than a language's order.
    FOR text_column IN SELECT column_name FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name = target AND data_type = 'text'
    LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN %I TYPE text COLLATE "C"', target, text_column);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant_only ON %I
        USING (%I = nullif(current_setting(''app.tenant'', true), '''')::bigint
               OR current_setting(''app.system'', true) = ''on'')', target, tenant_column);
END
$$;

SELECT azentiko_protect('tenant', 'id');
SELECT azentiko_protect(name, 'tenant')
    FROM unnest(ARRAY['bot', 'conversation', 'dataset', 'message', 'outbox', 'step', 'submission']) AS name;
