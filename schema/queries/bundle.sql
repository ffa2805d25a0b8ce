-- Script bundles of the system; a version is the hash of its files.

-- name: bundle.put
-- version, files, created_at
-- tenant: none
INSERT INTO bundle (version, files, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: bundle.get
-- tenant: none
SELECT version, files, created_at FROM bundle WHERE version = $1;
