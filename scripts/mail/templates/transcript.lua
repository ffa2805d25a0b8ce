-- A conversation, for whoever confirmed their address. d: { messages = { { who, text, at } }, left_out }
return {
  view = function(c, d)
    local messages = {}
    for i, m in ipairs(d.messages) do
      local who = m.from == "visitor" and c.say "you" or m.from == "human" and c.say "team" or c.bot
      messages[i] = { who = who, text = m.text, at = c.moment(m.at) or "" }
    end
    return {
      subject = c.say("transcript_subject", c.bot),
      title = c.say("transcript_subject", c.bot),
      intro = d.left_out and { c.say "transcript_cut" } or nil,
      messages = messages,
      file = c.say "transcript_file" .. ".txt",
    }
  end,
}
