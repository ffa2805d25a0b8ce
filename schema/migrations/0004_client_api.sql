-- The clients' HTTP API: keys, and the answers that a repeated request gets
-- again.

-- A key is found before its tenant is known, so its hash (SHA-256 in hex) is
-- unique over all tenants; it says nothing about the key. used_day counts days
-- since 1970: finer would be a diary of the client's tools.
CREATE TABLE api_key (
    tenant bigint NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    id text NOT NULL,
    hash text NOT NULL UNIQUE,
    name text NOT NULL,
    scopes text NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    revoked_at bigint,
    used_day bigint,
    PRIMARY KEY (tenant, id)
);

-- Written with the effect of the request in one transaction, kept for a day.
CREATE TABLE api_answer (
    tenant bigint NOT NULL,
    api_key text NOT NULL,
    idempotency_key text NOT NULL,
    request text NOT NULL,
    status bigint NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, api_key, idempotency_key)
);

CREATE INDEX api_answer_at ON api_answer (tenant, at);

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['api_key', 'api_answer']) AS name;
