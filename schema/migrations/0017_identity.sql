-- Visitors whom the client's own website has signed in.

-- The secret with which the client's server signs who somebody is, one for a
-- bot. box and old_box are sealed (runtime/base/seal.c); the old one is good
-- until old_until, so that it can be changed without a gap.
CREATE TABLE bot_identity (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    box text NOT NULL,
    old_box text,
    old_until bigint,
    author text NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, bot),
    FOREIGN KEY (tenant, bot) REFERENCES bot (tenant, id) ON DELETE CASCADE
);

-- Which visitor a user of the client is: the one on whose device the user was
-- signed in first. What other devices' visitors had goes over to that one.
-- traits: what the client said of the user, JSON.
CREATE TABLE visitor_identity (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    user_id text NOT NULL,
    visitor text NOT NULL,
    traits text NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, bot, user_id)
);

CREATE UNIQUE INDEX visitor_identity_visitor ON visitor_identity (tenant, bot, visitor);

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['bot_identity', 'visitor_identity']) AS name;
