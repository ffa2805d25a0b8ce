-- The visitor wrote again on a ticket.
return {
  view = function(c, d)
    return {
      subject = c.say("ticket_message_subject", c.number(d), d.subject or c.who(d)),
      title = c.say("ticket_message_title", c.number(d)),
      intro = { c.say("in_chat", c.bot) },
      facts = { { c.say "label_name", c.who(d) }, d.subject and { c.say "label_subject", d.subject } or nil },
      quote = d.message and d.message.text,
      reply_to = d.email,
    }
  end,
  line = function(c, d)
    return { "#" .. c.number(d) .. " " .. (d.subject or c.who(d)), d.message and c.cut(d.message.text, 200) }
  end,
}
