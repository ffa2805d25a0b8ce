-- A new ticket.
return {
  view = function(c, d)
    return {
      subject = c.say("ticket_subject", c.number(d), d.subject or c.who(d)),
      title = c.say("ticket_title", c.number(d)),
      intro = { c.say("in_chat", c.bot) },
      facts = c.contact(d),
      quote = d.fields and d.fields.message,
      reply_to = d.email,
    }
  end,
  line = function(c, d) return { "#" .. c.number(d) .. " " .. (d.subject or c.who(d)), c.reach(d) } end,
}
