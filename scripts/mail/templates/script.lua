-- A script of the client's failed.
return {
  view = function(c, d)
    return {
      subject = c.say("script_subject", c.bot),
      title = c.say "script_title",
      intro = { c.say "script_intro" },
      quote = d.error and c.cut(d.error, 2000),
    }
  end,
  line = function(c, d) return { c.say "script_title", d.error and c.cut(d.error, 200) } end,
}
