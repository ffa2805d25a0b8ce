-- Events, the endpoints that get them, and what became of each delivery.

-- n grows in the order of the events of one tenant, a little ahead of the
-- clock (microseconds). target: a webhook of the scripts, for a call that a
-- script has queued; null: for everybody who asked for the type. waiting: 1
-- until its deliveries are written. body is what is sent and signed.
CREATE TABLE event (
    tenant bigint NOT NULL,
    id text NOT NULL,
    n bigint NOT NULL,
    type text NOT NULL,
    target text,
    bot text,
    subject text,
    body text NOT NULL,
    waiting bigint NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX event_waiting ON event (tenant, n) WHERE waiting = 1;
CREATE INDEX event_at ON event (tenant, at);

-- url null: the webhook `script` of the bot's scripts says it. secret, old_secret and
-- headers are sealed (runtime/base/seal.c). failing_since: of the failures in
-- a row; no try before paused_until.
CREATE TABLE endpoint (
    tenant bigint NOT NULL,
    id text NOT NULL,
    bot text,
    script text,
    url text,
    events text NOT NULL,
    secret text,
    old_secret text,
    old_until bigint,
    headers text,
    description text NOT NULL,
    state text NOT NULL,
    reason text,
    failures bigint NOT NULL DEFAULT 0,
    failing_since bigint,
    paused_until bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX endpoint_script ON endpoint (tenant, bot, script) WHERE script IS NOT NULL;

-- state: waiting, shaping (a script's transform has it), delivered, failed,
-- skipped. body: what the transform made of it; null: the event's own.
CREATE TABLE delivery (
    tenant bigint NOT NULL,
    endpoint text NOT NULL,
    event text NOT NULL,
    n bigint NOT NULL,
    subject text,
    state text NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    due_at bigint NOT NULL,
    body text,
    last_status bigint,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, endpoint, event)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

CREATE INDEX delivery_due ON delivery (tenant, endpoint, due_at, n) WHERE state IN ('waiting', 'shaping');
CREATE INDEX delivery_event ON delivery (tenant, event);

CREATE TABLE attempt (
    tenant bigint NOT NULL,
    endpoint text NOT NULL,
    event text NOT NULL,
    at bigint NOT NULL,
    attempt bigint NOT NULL,
    status bigint,
    ms bigint NOT NULL,
    answer text,
    error text,
    PRIMARY KEY (tenant, endpoint, event, at, attempt)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- What waited in the outbox of an older version.
INSERT INTO event (tenant, id, n, type, target, body, waiting, at)
    SELECT tenant, id, created_at * 1000, CASE WHEN topic = 'event' THEN key ELSE 'webhook' END,
           CASE WHEN topic = 'event' THEN NULL ELSE key END, body, 0, created_at
    FROM outbox WHERE topic IN ('event', 'webhook');
DELETE FROM outbox WHERE topic IN ('event', 'webhook');

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['event', 'endpoint', 'delivery', 'attempt']) AS name;
