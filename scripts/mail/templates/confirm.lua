-- Somebody asked for a transcript by mail. It may be a stranger's address, so
-- nothing that a visitor wrote stands here. d: { url }
return {
  view = function(c, d)
    return {
      subject = c.say("confirm_subject", c.bot),
      title = c.say "confirm_title",
      intro = { c.say("confirm_intro", c.bot), c.say "confirm_else" },
      button = { label = c.say "confirm_button", url = d.url },
    }
  end,
}
