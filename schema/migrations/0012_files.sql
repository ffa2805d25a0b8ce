-- What visitors sent as files; the bytes are in the data folder under `name`.
CREATE TABLE file (
    tenant bigint NOT NULL,
    id text NOT NULL,
    conversation text NOT NULL,
    bot text NOT NULL,
    visitor text NOT NULL,
    seq bigint NOT NULL,
    name text NOT NULL,
    title text NOT NULL,
    type text NOT NULL,
    size bigint NOT NULL,
    sha256 text NOT NULL,
    width bigint NOT NULL,
    height bigint NOT NULL,
    thumb bigint NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX file_conversation ON file (tenant, conversation);

-- Random 128 bits, so it tells no client about another.
CREATE UNIQUE INDEX file_name ON file (name);

-- on: postgres
SELECT azentiko_protect('file', 'tenant');
