-- Somebody asks to be called back.
return {
  view = function(c, d)
    local facts = c.contact(d)
    local from, to = c.moment(d.wanted_at), c.moment(d.wanted_until)
    if from then
      table.insert(
        facts,
        1,
        { c.say "label_wanted", to and from .. " – " .. c.clock(d.wanted_until) or from }
      )
    end
    return {
      subject = c.say("callback_subject", c.who(d)),
      title = c.say "callback_title",
      intro = { c.say("in_chat", c.bot) },
      facts = facts,
      quote = d.fields and d.fields.message,
      reply_to = d.email,
    }
  end,
  line = function(c, d) return { c.who(d), c.moment(d.wanted_at) or c.reach(d) } end,
}
