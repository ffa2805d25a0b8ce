-- People in the chat: who asked for one, who took it, what the team noted and
-- the answers that it keeps at hand.

-- One row for each time a conversation waited for a person or was taken.
-- status: waiting, assigned, ended. agent is an API key's id, or a name that the
-- client's own system gave.
CREATE TABLE handover (
    tenant bigint NOT NULL,
    id text NOT NULL,
    conversation text NOT NULL,
    bot text NOT NULL,
    visitor text NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    agent text,
    agent_name text,
    requested_at bigint NOT NULL,
    assigned_at bigint,
    ended_at bigint,
    PRIMARY KEY (tenant, id)
);

-- The queue: what is not ended, in the order in which it was asked for.
CREATE INDEX handover_open ON handover (tenant, requested_at, id) WHERE ended_at IS NULL;
CREATE INDEX handover_conversation ON handover (tenant, conversation, id);

-- cid: made by the writer, so that a note sent twice is there once.
CREATE TABLE note (
    tenant bigint NOT NULL,
    conversation text NOT NULL,
    cid text NOT NULL,
    agent text NOT NULL,
    agent_name text NOT NULL,
    text text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, conversation, cid)
);

CREATE TABLE canned_reply (
    tenant bigint NOT NULL,
    id text NOT NULL,
    title text NOT NULL,
    text text NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['handover', 'note', 'canned_reply']) AS name;
