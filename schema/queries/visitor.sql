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

-- name: visitor.erase_conversation
-- bot, visitor; the last of the five, for the others look here
DELETE FROM conversation WHERE tenant = $1 AND bot = $2 AND visitor = $3;

-- name: visitor.end
-- visitor, erased_at; its token is worth nothing from now on
INSERT INTO erased_visitor (tenant, visitor, erased_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant, visitor) DO NOTHING;

-- name: visitor.ended
-- visitor
SELECT visitor FROM erased_visitor WHERE tenant = $1 AND visitor = $2;
