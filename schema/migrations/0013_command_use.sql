-- Which command a visitor's message called, and how: typed, words, clicked or
-- page. With the message, so that a use costs no row of its own and goes when
-- the message goes.
ALTER TABLE message ADD COLUMN command text;
ALTER TABLE message ADD COLUMN how text;

CREATE INDEX message_command ON message (tenant, at) WHERE command IS NOT NULL;

-- What is known of a visitor, for menus that depend on it.
CREATE INDEX followup_visitor ON followup (tenant, bot, visitor, id);
