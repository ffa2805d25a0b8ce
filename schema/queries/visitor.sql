-- Visitors who asked to be forgotten, and what their wish takes with it.

-- name: visitor.erase_message
-- bot, visitor
DELETE FROM message WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_step
-- bot, visitor
DELETE FROM step WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_dialog
-- bot, visitor
DELETE FROM dialog WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_submission
-- bot, visitor
DELETE FROM submission WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_note
-- bot, visitor
DELETE FROM note WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_script_log
-- bot, visitor
DELETE FROM script_log WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_handover
-- bot, visitor
DELETE FROM handover WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: visitor.erase_file
-- bot, visitor; the bytes go with the sweep of what has no row
DELETE FROM file WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: visitor.erase_followup_entry
-- bot, visitor; before the leads, callbacks and tickets that it looks for
DELETE FROM followup_entry WHERE tenant = $1 AND followup IN
    (SELECT id FROM followup WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_followup
-- bot, visitor
DELETE FROM followup WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: visitor.erase_kv
-- bot, visitor; what scripts keep for a visitor
DELETE FROM kv WHERE tenant = $1 AND bot = $2 AND scope = $3;

-- name: visitor.erase_visit
-- bot, visitor
DELETE FROM visit WHERE tenant = $1 AND conversation IN
    (SELECT id FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3);

-- name: visitor.erase_identity
-- bot, visitor; who the client's website said it was
DELETE FROM visitor_identity WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: visitor.erase_conversation
-- bot, visitor; the last, for others look here
DELETE FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: visitor.end
-- visitor, erased_at; its token is worth nothing from now on
INSERT INTO erased_visitor (tenant, visitor, erased_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant, visitor) DO NOTHING;

-- name: visitor.ended
-- visitor
SELECT visitor FROM erased_visitor WHERE tenant = $1 AND visitor = $2;
