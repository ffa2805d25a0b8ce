-- Scripts of clients: immutable versions, what is live, drafts; and what a
-- replay of a conversation needs.

-- files: JSON, path -> text. number counts from 1 for each bot and never
-- means another text; hash is that of the files, so the same files published
-- again are the same version.
CREATE TABLE script_version (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    number bigint NOT NULL,
    hash text NOT NULL,
    files text NOT NULL,
    author text NOT NULL,
    note text NOT NULL,
    created_at bigint NOT NULL,
    PRIMARY KEY (tenant, bot, number)
);

CREATE UNIQUE INDEX script_version_hash ON script_version (tenant, bot, hash);

-- What was live since when; the newest row is. main 0: the stock scripts
-- alone. trial: the version that a share (percent) of new conversations gets;
-- arm names the trial: the release that began it. Rolling back is a new row.
CREATE TABLE script_release (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    number bigint NOT NULL,
    kind text NOT NULL,
    main bigint NOT NULL,
    trial bigint NOT NULL,
    share bigint NOT NULL,
    arm bigint NOT NULL,
    author text NOT NULL,
    note text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, bot, number)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

CREATE TABLE script_draft (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    files text NOT NULL,
    revision bigint NOT NULL,
    author text NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, bot)
);

-- The version on which a conversation began; null: the stock scripts.
ALTER TABLE conversation ADD COLUMN version bigint;

-- What the visitor really sent where the shown text does not say it: JSON.
ALTER TABLE message ADD COLUMN input text;

CREATE INDEX message_input ON message (tenant, conversation) WHERE input IS NOT NULL;

-- Dialogs that have ended. Their steps stay in `step` until the retention
-- takes both; steps is for those that ended in the turn in which they began.
CREATE TABLE dialog (
    tenant bigint NOT NULL,
    conversation text NOT NULL,
    dialog text NOT NULL,
    bot text NOT NULL,
    command text NOT NULL,
    version bigint NOT NULL,
    outcome text NOT NULL,
    steps text,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, conversation, dialog)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- on: postgres
SELECT azentiko_protect(name, 'tenant')
    FROM unnest(ARRAY['script_version', 'script_release', 'script_draft', 'dialog']) AS name;
