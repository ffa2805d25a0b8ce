-- A job that is armed again while it runs must not be lost with the end of
-- that run: version counts the arming. done_at from now on marks a job that
-- was given up after too many attempts, with its last error; one that was
-- done is deleted. A lease moves due_at, so the one index serves both.
ALTER TABLE outbox ADD COLUMN version bigint NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN error text;
