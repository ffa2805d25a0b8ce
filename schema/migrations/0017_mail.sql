-- Mail: who gets notices, what waits to be sent, and what became of it.

-- A person of the client's who gets notices. at_once, daily: JSON lists of
-- kinds of notice (scripts/mail/notices.lua); hour: of the summary, in the business's
-- time zone. stopped: JSON object of the kinds that the person gave up, with the time.
-- failures: refusals for good in a row; after some of them state is "off".
CREATE TABLE mail_recipient (
    tenant bigint NOT NULL,
    id text NOT NULL,
    email text NOT NULL,
    language text NOT NULL,
    at_once text NOT NULL,
    daily text NOT NULL,
    hour bigint NOT NULL,
    stopped text NOT NULL,
    state text NOT NULL,
    reason text,
    failures bigint NOT NULL DEFAULT 0,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE UNIQUE INDEX mail_recipient_email ON mail_recipient (tenant, email);

-- The queue and the log in one. id is made of what the mail is about and for
-- whom, so the same mail is one row. state: waiting, collected (for a summary, at
-- due_at), gathered (in the summary `digest`), sent, failed, off (nobody was to get it any more,
-- or mail is off). What it says is made from event or conversation when it is sent.
CREATE TABLE mail (
    tenant bigint NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    recipient text,
    address text NOT NULL,
    language text NOT NULL,
    bot text,
    event text,
    conversation text,
    digest text,
    state text NOT NULL,
    attempts bigint NOT NULL DEFAULT 0,
    due_at bigint NOT NULL,
    status bigint,
    error text,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX mail_due ON mail (tenant, due_at) WHERE state IN ('waiting', 'collected');
CREATE INDEX mail_event ON mail (tenant, event) WHERE state IN ('waiting', 'collected', 'gathered');
CREATE INDEX mail_digest ON mail (tenant, digest) WHERE digest IS NOT NULL;
CREATE INDEX mail_created ON mail (tenant, created_at);
CREATE INDEX mail_conversation ON mail (tenant, conversation) WHERE conversation IS NOT NULL;

-- Addresses whose owner wants nothing from the chats of this client; hashed, for that is all that a check needs.
CREATE TABLE mail_block (
    tenant bigint NOT NULL,
    address_hash text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, address_hash)
);

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['mail_recipient', 'mail', 'mail_block']) AS name;
