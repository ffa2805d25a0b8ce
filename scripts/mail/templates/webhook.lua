-- A webhook endpoint was turned off.
return {
  view = function(c, d)
    return {
      subject = c.say "webhook_subject",
      title = c.say "webhook_title",
      intro = { c.say "webhook_intro" },
      facts = {
        { c.say "label_url", d.url or d.endpoint or "–" },
        { c.say "label_reason", d.reason or "–" },
      },
    }
  end,
  line = function(c, d) return { c.say "webhook_title", d.url or d.endpoint or d.reason } end,
}
