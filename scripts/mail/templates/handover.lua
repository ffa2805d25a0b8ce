-- Somebody in the chat wants a person.
return {
  view = function(c)
    return {
      subject = c.say("handover_subject", c.bot),
      title = c.say "handover_title",
      intro = { c.say("in_chat", c.bot), c.say "handover_intro" },
      button = { label = c.say "handover_button", url = c.link "/desk" },
    }
  end,
  line = function(c, d) return { c.say "handover_title", c.moment(d.at) } end,
}
