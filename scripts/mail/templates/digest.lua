-- What was collected since the last one. d: { groups = { { kind, items, more } }, count }
return {
  view = function(c, d)
    local sections = {}
    for i, group in ipairs(d.groups) do
      local items = table.move(group.items, 1, #group.items, 1, {})
      if group.more > 0 then items[#items + 1] = { c.say("digest_more", group.more) } end
      sections[i] = { title = c.say("kind_" .. group.kind), items = items }
    end
    return {
      subject = c.say("digest_subject", c.business, d.count),
      title = c.say "digest_title",
      sections = sections,
    }
  end,
}
