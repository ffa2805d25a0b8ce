-- Masked facts of the visit in which a conversation began; see
-- scripts/prelude/visits.lua. facts is JSON; visits counts how often its visitor
-- has come, 0 where that is not kept.
CREATE TABLE visit (
    tenant bigint NOT NULL,
    conversation text NOT NULL,
    facts text NOT NULL,
    visits bigint NOT NULL,
    first_at bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (tenant, conversation)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- on: postgres
SELECT azentiko_protect('visit', 'tenant');
