-- Visitors who asked to be forgotten. Only the random name that they had is
-- kept, so that a token which was copied elsewhere brings nobody back.

CREATE TABLE erased_visitor (
    tenant bigint NOT NULL,
    visitor text NOT NULL,
    erased_at bigint NOT NULL,
    PRIMARY KEY (tenant, visitor)
)
-- on: sqlite
WITHOUT ROWID
-- on: both
;

-- on: postgres
SELECT azentiko_protect('erased_visitor', 'tenant');
