-- What the store itself says to a database. "-- use: store" is prepared on
-- every connection, "-- use: script" is run as a whole; callers get neither.

-- name: store.ping
-- tenant: none
SELECT 1 AS one;

-- name: store.open
-- tenant: none
-- use: script
-- on: sqlite
-- FULL: a commit is on the disk before it is answered. No checkpoint in the
-- committing thread; the log shrinks back to 64 MB after a busy time.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA wal_autocheckpoint = 0;
PRAGMA journal_size_limit = 67108864;
PRAGMA foreign_keys = ON;
PRAGMA cache_size = -4096;
PRAGMA temp_store = MEMORY;
-- on: postgres
-- A server that is set to lose commits is told otherwise for our sessions.
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
SET statement_timeout = 10000;
SET idle_in_transaction_session_timeout = 15000;

-- name: store.check
-- tenant: none
-- use: script
-- on: sqlite
PRAGMA integrity_check;
PRAGMA foreign_key_check;

-- name: store.open_reader
-- tenant: none
-- use: script
-- on: postgres
SET default_transaction_read_only = on;
SET statement_timeout = 10000;

-- name: store.begin
-- tenant: none
-- use: store
-- on: sqlite
BEGIN IMMEDIATE;
-- on: postgres
BEGIN;

-- name: store.commit
-- tenant: none
-- use: store
COMMIT;

-- name: store.rollback
-- tenant: none
-- use: store
ROLLBACK;

-- name: store.savepoint
-- tenant: none
-- use: store
-- on: sqlite
SAVEPOINT batch;

-- name: store.release
-- tenant: none
-- use: store
-- on: sqlite
RELEASE SAVEPOINT batch;

-- name: store.undo
-- tenant: none
-- use: store
-- on: sqlite
ROLLBACK TO SAVEPOINT batch;

-- name: store.act_as
-- tenant, 'on' for the system; until the transaction ends
-- tenant: none
-- use: store
-- on: postgres
SELECT set_config('app.tenant', $1, true), set_config('app.system', $2, true);

-- name: store.walls
-- 1 when row-level security does not bind this role
-- tenant: none
-- use: store
-- on: postgres
SELECT CASE WHEN rolsuper OR rolbypassrls THEN 1 ELSE 0 END AS open FROM pg_roles WHERE rolname = current_user;

-- Migrations (store/migrate.c).

-- name: migration.prepare
-- Waits for another process that migrates; the lock ends with the transaction.
-- tenant: none
-- use: script
-- on: postgres
SELECT pg_advisory_xact_lock(4702391833);
SELECT set_config('app.system', 'on', true);
-- on: both
CREATE TABLE IF NOT EXISTS migration (
    number bigint PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at bigint NOT NULL
);

-- name: migration.list
-- tenant: none
-- use: store
SELECT number, name, checksum, applied_at FROM migration ORDER BY number;

-- name: migration.insert
-- tenant: none
-- use: store
INSERT INTO migration (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4);
