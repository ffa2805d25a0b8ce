-- Secrets of bots: what bot.secret "NAME" stands for. box is sealed
-- (runtime/base/seal.c); nobody is shown the value again.
CREATE TABLE bot_secret (
    tenant bigint NOT NULL,
    bot text NOT NULL,
    name text NOT NULL,
    box text NOT NULL,
    author text NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, bot, name),
    FOREIGN KEY (tenant, bot) REFERENCES bot (tenant, id) ON DELETE CASCADE
);

-- on: postgres
SELECT azentiko_protect('bot_secret', 'tenant');
