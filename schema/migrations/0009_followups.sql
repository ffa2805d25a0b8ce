-- What visitors leave and the business follows up: leads, callback requests
-- and tickets. One table, for they have the same life: a contact, a status,
-- somebody who looks after it, a history. kind says which.
--
-- number is a ticket's, counted for each tenant, and is what the visitor sees.
-- email and phone are in the form in which they are compared (lower case;
-- E.164 where the country is known). fields is all that was given, as JSON;
-- consent the text that was agreed to with its version. wanted_at and
-- wanted_until are the time at which a callback is hoped for.
CREATE TABLE followup (
    tenant bigint NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    number bigint,
    bot text NOT NULL,
    conversation text NOT NULL,
    visitor text NOT NULL,
    status text NOT NULL,
    assignee text,
    name text,
    email text,
    phone text,
    subject text,
    fields text NOT NULL,
    consent text,
    wanted_at bigint,
    wanted_until bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX followup_kind ON followup (tenant, kind, id);
CREATE UNIQUE INDEX followup_number ON followup (tenant, kind, number) WHERE number IS NOT NULL;
CREATE INDEX followup_email ON followup (tenant, bot, kind, email) WHERE email IS NOT NULL;
CREATE INDEX followup_phone ON followup (tenant, bot, kind, phone) WHERE phone IS NOT NULL;

-- Its history: what was changed, notes of the team, messages of a ticket.
CREATE TABLE followup_entry (
    tenant bigint NOT NULL,
    followup text NOT NULL,
    id text NOT NULL,
    kind text NOT NULL,
    author text NOT NULL,
    body text NOT NULL,
    at bigint NOT NULL,
    PRIMARY KEY (tenant, followup, id)
);

-- on: postgres
SELECT azentiko_protect(name, 'tenant') FROM unnest(ARRAY['followup', 'followup_entry']) AS name;

-- The rows that forms left before.
-- on: sqlite
INSERT INTO followup (tenant, id, kind, number, bot, conversation, visitor, status, name, email, phone, subject,
                      fields, created_at, updated_at)
SELECT s.tenant, CASE s.form WHEN 'lead' THEN 'lead_' WHEN 'callback' THEN 'call_' ELSE 'tkt_' END || substr(s.id, 6),
       s.form,
       CASE s.form WHEN 'ticket' THEN row_number() OVER (PARTITION BY s.tenant, s.form ORDER BY s.id) END,
       coalesce(c.bot, ''), s.conversation, coalesce(c.visitor, ''),
       CASE s.form WHEN 'lead' THEN 'new' WHEN 'callback' THEN 'pending' ELSE 'open' END,
       json_extract(s.fields, '$.name'), lower(json_extract(s.fields, '$.email')), json_extract(s.fields, '$.phone'),
       json_extract(s.fields, '$.subject'), s.fields, s.at, s.at
FROM submission s LEFT JOIN conversation c ON c.tenant = s.tenant AND c.id = s.conversation
WHERE s.form IN ('lead', 'callback', 'ticket');
-- on: postgres
INSERT INTO followup (tenant, id, kind, number, bot, conversation, visitor, status, name, email, phone, subject,
                      fields, created_at, updated_at)
SELECT s.tenant, CASE s.form WHEN 'lead' THEN 'lead_' WHEN 'callback' THEN 'call_' ELSE 'tkt_' END || substr(s.id, 6),
       s.form,
       CASE s.form WHEN 'ticket' THEN row_number() OVER (PARTITION BY s.tenant, s.form ORDER BY s.id) END,
       coalesce(c.bot, ''), s.conversation, coalesce(c.visitor, ''),
       CASE s.form WHEN 'lead' THEN 'new' WHEN 'callback' THEN 'pending' ELSE 'open' END,
       s.fields::json ->> 'name', lower(s.fields::json ->> 'email'), s.fields::json ->> 'phone',
       s.fields::json ->> 'subject', s.fields, s.at, s.at
FROM submission s LEFT JOIN conversation c ON c.tenant = s.tenant AND c.id = s.conversation
WHERE s.form IN ('lead', 'callback', 'ticket');
-- on: both
DELETE FROM submission WHERE form IN ('lead', 'callback', 'ticket');
