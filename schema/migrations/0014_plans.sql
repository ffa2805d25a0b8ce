-- The plan of a tenant: its limits are in scripts/plans.lua.
ALTER TABLE tenant ADD COLUMN plan text NOT NULL DEFAULT 'standard';
