-- Script bundles of the system; a version is the hash of its files.

-- name: bundle.put
-- version, files, created_at
-- tenant: none
INSERT INTO bundle (version, files, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: bundle.get
-- version. Any tenant may read one: a dialog goes on with the scripts on which
-- it began, and those are the operator's, not another tenant's.
SELECT version, files, created_at FROM bundle WHERE version = $2 AND CAST($1 AS bigint) >= 0;
