-- Somebody left their contact details.
return {
  view = function(c, d)
    return {
      subject = c.say("lead_subject", c.who(d)),
      title = c.say "lead_title",
      intro = { c.say("in_chat", c.bot) },
      facts = c.contact(d),
      quote = d.fields and d.fields.message,
      reply_to = d.email,
    }
  end,
  line = function(c, d) return { c.who(d), c.reach(d) } end,
}
