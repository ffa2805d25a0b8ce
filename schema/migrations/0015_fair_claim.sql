-- From one kind of work of one tenant to the next without reading what lies
-- between: outbox.claim_crowded.
CREATE INDEX outbox_kinds ON outbox (tenant, topic, due_at) WHERE done_at IS NULL;
