-- `azentiko mail test`, and the button that tries a recipient.
return {
  view = function(c)
    return { subject = c.say "test_subject", title = c.say "test_title", intro = { c.say "test_intro" } }
  end,
}
